package org.dpfed.federated;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.dpfed.ledger.Checkpoint;

/**
 * Who the clients of a run are, as hashes of their identities, so that a resumed run can tell
 * whether client numbers still stand for the same people: turns are counted by number.
 *
 * <p>The hash is HMAC-SHA-256 (RFC 2104) with a random key of the run. Without the key nobody can
 * try out who took part, and the digests of two runs over the same people have nothing in common.
 * Both are in checkpoints alone, which only their owner may read.
 *
 * @param key of the run, 32 random bytes in hexadecimal digits
 * @param inOrder of all identities in the order of client numbers, in the same form
 * @param inAnyOrder the same for each order of these identities, in the same form
 */
record PopulationDigest(String key, String inOrder, String inAnyOrder) {
  /** What to do about other clients. */
  static final String SAME_DATA =
      "resume with the same data, and where it is an index with the same index, or start a new run, which the ledger charges in full";

  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 32;
  private static final Pattern HEXADECIMAL = Pattern.compile("[0-9a-f]{64}");
  private static final String KEY = "clients.key";
  private static final String IN_ORDER = "clients.inOrder";
  private static final String IN_ANY_ORDER = "clients.inAnyOrder";

  PopulationDigest {
    for (String text : new String[] {key, inOrder, inAnyOrder}) {
      if (!HEXADECIMAL.matcher(text).matches()) {
        throw new IllegalArgumentException(
            "the checkpoint does not say who the clients are in the form that it should");
      }
    }
  }

  /** Of a new run; empty when the data set does not say who its clients are. */
  static Optional<PopulationDigest> of(FederatedDataset data) {
    return of(data, newKey());
  }

  static String newKey() {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    return HexFormat.of().formatHex(key);
  }

  /** Whether a data set says who its clients are. */
  static boolean isKnown(FederatedDataset data) {
    return data.population() > 0 && data.identity(0).isPresent();
  }

  /** With a key of {@link #newKey()}; empty when the data set does not say who its clients are. */
  static Optional<PopulationDigest> of(FederatedDataset data, String key) {
    if (!isKnown(data)) {
      return Optional.empty();
    }
    Mac each = mac(key);
    Mac all = mac(key);
    long[] sum = new long[BYTES / Long.BYTES];
    for (int id = 0; id < data.population(); id++) {
      byte[] hash = each.doFinal(identity(data, id));
      all.update(hash);
      ByteBuffer words = ByteBuffer.wrap(hash);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += words.getLong();
      }
    }
    ByteBuffer inAnyOrder = ByteBuffer.allocate(BYTES);
    inAnyOrder.asLongBuffer().put(sum);
    HexFormat hex = HexFormat.of();
    return Optional.of(
        new PopulationDigest(key, hex.formatHex(all.doFinal()), hex.formatHex(inAnyOrder.array())));
  }

  private static byte[] identity(FederatedDataset data, int id) {
    return data.identity(id)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a data set must have an identity for each client or for none, had one for client 0 and none for client %d"
                        .formatted(id)));
  }

  private static Mac mac(String key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(HexFormat.of().parseHex(key), ALGORITHM));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /**
   * The digest with which a run goes on, where the clients are those that it had.
   *
   * @param before of the run that is resumed; empty where its checkpoint has none
   * @param countsTurns whether the plan's cost depends on how often each client takes part
   * @throws IllegalArgumentException when they are others, or in another order, or when turns count
   *     and nothing shows whose they were
   */
  static Optional<PopulationDigest> resumed(
      Optional<PopulationDigest> before, FederatedDataset data, boolean countsTurns) {
    if (before.isEmpty()) {
      if (countsTurns && isKnown(data)) {
        throw new IllegalArgumentException(
            "the checkpoint does not say who its clients were, as those of earlier versions of dpfed, and this plan counts how often each takes part; start a new run, which the ledger charges in full");
      }
      return of(data);
    }
    PopulationDigest now =
        of(data, before.get().key)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the checkpoint says who its clients were and the data set does not (FederatedDataset.identity); resume with the data set of that run, or start a new one"));
    now.requireSame(before.get());
    return before;
  }

  private void requireSame(PopulationDigest before) {
    if (inOrder.equals(before.inOrder)) {
      return;
    }
    throw new IllegalArgumentException(
        inAnyOrder.equals(before.inAnyOrder)
            ? "the clients are those of the run in another order, so their turns would be counted for one another; put rows and files back in the order and under the names that they had, or start a new run, which the ledger charges in full"
            : "some clients are not those of the run, although there are as many; " + SAME_DATA);
  }

  /** Adds it to the texts of a checkpoint. */
  void addTo(Map<String, String> texts) {
    texts.put(KEY, key);
    texts.put(IN_ORDER, inOrder);
    texts.put(IN_ANY_ORDER, inAnyOrder);
  }

  /**
   * That of a checkpoint; empty where it has none.
   *
   * @throws IllegalArgumentException when it has something else
   */
  static Optional<PopulationDigest> in(Checkpoint checkpoint) {
    return checkpoint.texts().containsKey(KEY)
        ? Optional.of(
            new PopulationDigest(
                checkpoint.text(KEY), checkpoint.text(IN_ORDER), checkpoint.text(IN_ANY_ORDER)))
        : Optional.empty();
  }

  /** Shows nothing of it. */
  @Override
  public String toString() {
    return "keyed digest of clients";
  }
}
