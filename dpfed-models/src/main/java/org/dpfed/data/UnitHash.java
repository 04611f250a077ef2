package org.dpfed.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A number in [0, 1) for each unit, computed by a keyed hash (HMAC-SHA-256), so that it depends
 * only on the unit and the seed. A unit is a key, or a row if there are no keys.
 *
 * <p>A row without a key is identified by its content and by the number of equal rows before it. If
 * one of several equal rows is removed, the others may swap their numbers, which has no visible
 * effect.
 */
public final class UnitHash {
  private static final double TWO_TO_MINUS_53 = 0x1p-53;

  private final Mac mac;

  /**
   * @param seed the key of the hash
   */
  public UnitHash(long seed) {
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec(ByteBuffer.allocate(Long.BYTES).putLong(seed).array(), "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  /** The number of the unit that has a key; keys that are compared as equal have one number. */
  public double ofKey(String key) {
    return number(mac.doFinal(CellValue.of(key).canonical().getBytes(StandardCharsets.UTF_8)));
  }

  /** The number of the unit of each row. */
  double[] ofRows(LabelledData data) {
    return data.keys().map(this::ofKeys).orElseGet(() -> ofContents(data));
  }

  private double[] ofKeys(RowKeys keys) {
    double[] ofKey = keys.names().stream().mapToDouble(this::ofKey).toArray();
    double[] ofRow = new double[keys.rows()];
    for (int row = 0; row < ofRow.length; row++) {
      ofRow[row] = ofKey[keys.keyOf(row)];
    }
    return ofRow;
  }

  private double[] ofContents(LabelledData data) {
    Map<ByteBuffer, Integer> seen = new HashMap<>();
    double[] ofRow = new double[data.size()];
    for (int row = 0; row < ofRow.length; row++) {
      float[] content = data.content(row);
      ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * content.length);
      bytes.asFloatBuffer().put(content);
      byte[] hash = mac.doFinal(bytes.array());
      int before = seen.merge(ByteBuffer.wrap(hash), 1, Integer::sum) - 1;
      mac.update(hash);
      ofRow[row] = number(mac.doFinal(ByteBuffer.allocate(Integer.BYTES).putInt(before).array()));
    }
    return ofRow;
  }

  private static double number(byte[] hash) {
    return (ByteBuffer.wrap(hash).getLong() >>> 11) * TWO_TO_MINUS_53;
  }
}
