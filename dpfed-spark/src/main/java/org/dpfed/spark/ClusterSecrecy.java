package org.dpfed.spark;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.spark.SparkConf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps strangers on the network out of a Spark application: who may run code there can read all
 * that executors read, and who listens sees the global parameters and the sums before the noise.
 * The properties are those of <a href="https://spark.apache.org/docs/4.2.0/security.html">Spark's
 * page on security</a>.
 */
final class ClusterSecrecy {
  static final String AUTHENTICATE = "spark.authenticate";
  static final String SECRET = "spark.authenticate.secret";
  static final String ENCRYPT = "spark.network.crypto.enabled";
  static final String ENCRYPT_FILES = "spark.io.encryption.enabled";

  private static final Logger LOG = LoggerFactory.getLogger(SparkEngine.class);
  private static final String ENCRYPT_BY_TLS = "spark.ssl.rpc.enabled";
  private static final int SECRET_BYTES = 32;

  private ClusterSecrecy() {}

  /**
   * For a cluster that lives no longer than this process: a secret of its own, encryption, and web
   * pages from which nobody can end the run, each where nobody has set it.
   */
  static void add(SparkConf conf) {
    conf.setIfMissing(AUTHENTICATE, "true");
    if (conf.getBoolean(AUTHENTICATE, false)) {
      if (!conf.contains("spark.authenticate.secret.file")) {
        conf.setIfMissing(SECRET, secret());
      }
      if (!conf.contains(ENCRYPT_BY_TLS)) {
        conf.setIfMissing(ENCRYPT, "true");
      }
    }
    conf.setIfMissing("spark.ui.killEnabled", "false");
  }

  /**
   * Has Spark encrypt blocks that it writes to disk when memory is short, such as the sum of a
   * share, where nobody has set it. Only where messages are encrypted: the key is in one of them.
   */
  static void addForFiles(SparkConf conf) {
    if (isEncrypted(conf)) {
      conf.setIfMissing(ENCRYPT_FILES, "true");
    }
  }

  private static boolean isEncrypted(SparkConf conf) {
    return conf.getBoolean(ENCRYPT_BY_TLS, false)
        || (conf.getBoolean(AUTHENTICATE, false) && conf.getBoolean(ENCRYPT, false));
  }

  private static String secret() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * For a cluster that others have started: whoever does without a password or encryption must say
   * so, and is warned.
   *
   * @throws IllegalArgumentException when a property is neither set nor given as false
   */
  static void require(SparkConf conf) {
    boolean authenticated = conf.getBoolean(AUTHENTICATE, false);
    boolean encrypted = isEncrypted(conf);
    List<String> missing = new ArrayList<>();
    if (!conf.contains(AUTHENTICATE)) {
      missing.add(AUTHENTICATE + " true");
    }
    if (!encrypted && !conf.contains(ENCRYPT)) {
      missing.add(ENCRYPT + " true");
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "anyone on the network of %s could read or change this run; set %s in the file of engine.properties, or false there if nobody else reaches that network"
              .formatted(conf.get("spark.master"), String.join(" and ", missing)));
    }
    if (!authenticated || !encrypted) {
      LOG.warn(
          "Spark does not {} what driver and executors exchange, as its properties say; anyone on their network could {} this run",
          authenticated ? "encrypt" : "authenticate",
          authenticated ? "read" : "read or change");
    }
  }
}
