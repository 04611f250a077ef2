package org.dpfed.federated;

import java.nio.ByteBuffer;

/**
 * What a process sends back of a share that it trained.
 *
 * @param run of the task
 * @param round of the task
 * @param share of the task
 * @param clients how many the share has
 * @param failed how many of them gave no delta
 * @param sum as {@link org.dpfed.mechanism.ShareSum#toBytes} gives it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ShareReport(long run, int round, int share, int clients, int failed, byte[] sum) {
  private static final int MAGIC = 0x64705231;
  private static final int HEADER = Long.BYTES + 5 * Integer.BYTES;

  byte[] toBytes() {
    return ByteBuffer.allocate(HEADER + sum.length)
        .putInt(MAGIC)
        .putLong(run)
        .putInt(round)
        .putInt(share)
        .putInt(clients)
        .putInt(failed)
        .put(sum)
        .array();
  }

  /**
   * @throws IllegalArgumentException when those are not what {@link #toBytes} gives
   */
  static ShareReport ofBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER || in.getInt() != MAGIC) {
      throw new IllegalArgumentException("that is no report of a share of a cohort");
    }
    long run = in.getLong();
    int round = in.getInt();
    int share = in.getInt();
    int clients = in.getInt();
    int failed = in.getInt();
    byte[] sum = new byte[in.remaining()];
    in.get(sum);
    return new ShareReport(run, round, share, clients, failed, sum);
  }
}
