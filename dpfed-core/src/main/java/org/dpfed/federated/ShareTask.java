package org.dpfed.federated;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.dpfed.mechanism.RoundBounds;

/**
 * What a process needs to train one share of a cohort, but for the parameters.
 *
 * @param run a number that no other run has
 * @param round from 0
 * @param share from 0
 * @param clients of the share, ascending
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ShareTask(long run, int round, int share, int[] clients, RoundBounds bounds) {
  private static final int MAGIC = 0x64705431;

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeLong(run);
      out.writeInt(round);
      out.writeInt(share);
      bounds.write(out);
      out.writeInt(clients.length);
      for (int client : clients) {
        out.writeInt(client);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws IllegalArgumentException when those are not what {@link #toBytes} gives
   */
  static ShareTask ofBytes(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readInt() != MAGIC) {
        throw new IllegalArgumentException("that is no share of a cohort to train");
      }
      long run = in.readLong();
      int round = in.readInt();
      int share = in.readInt();
      RoundBounds bounds = RoundBounds.read(in);
      int count = in.readInt();
      if (count < 0 || (long) count * Integer.BYTES != in.available()) {
        throw new IllegalArgumentException(
            "a share of a cohort to train has too few bytes or many");
      }
      int[] clients = new int[count];
      for (int i = 0; i < clients.length; i++) {
        clients[i] = in.readInt();
      }
      return new ShareTask(run, round, share, clients, bounds);
    } catch (IOException e) {
      throw new IllegalArgumentException("a share of a cohort to train is cut short", e);
    }
  }
}
