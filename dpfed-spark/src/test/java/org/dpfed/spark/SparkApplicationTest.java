package org.dpfed.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SparkApplicationTest {
  private static final String HERE = "local-cluster[2,1,1024]";

  /** What an application would be started with; executors find dpfed, so that nothing is sent. */
  private static SparkConf complete(String master, Map<String, String> more) {
    Map<String, String> properties = new HashMap<>(more);
    properties.put("spark.master", master);
    properties.put("spark.executor.extraClassPath", "/opt/dpfed/lib/*");
    return SparkApplication.complete(new SparkConf(false), properties);
  }

  @Test
  void complete_clusterOfThisMachine_isClosedToTheNetwork() {
    SparkConf conf = complete(HERE, Map.of());
    assertThat(conf.get("spark.authenticate")).isEqualTo("true");
    assertThat(conf.get("spark.network.crypto.enabled")).isEqualTo("true");
    assertThat(conf.get("spark.ui.enabled")).isEqualTo("false");
    assertThat(conf.get("spark.ui.killEnabled")).isEqualTo("false");
    assertThat(conf.get("spark.driver.host")).isEqualTo("localhost");
    assertThat(conf.get("spark.driver.bindAddress")).isEqualTo("127.0.0.1");
    // Of 32 bytes, and another one for each run.
    assertThat(conf.get("spark.authenticate.secret"))
        .hasSize(64)
        .isNotEqualTo(complete(HERE, Map.of()).get("spark.authenticate.secret"));
  }

  @Test
  void complete_clusterOfThisMachine_keepsWhatIsSet() {
    SparkConf conf =
        complete(HERE, Map.of("spark.authenticate", "false", "spark.driver.host", "10.0.0.1"));
    assertThat(conf.get("spark.authenticate")).isEqualTo("false");
    assertThat(conf.contains("spark.authenticate.secret")).isFalse();
    assertThat(conf.contains("spark.driver.bindAddress")).isFalse();
    assertThat(
            complete(HERE, Map.of("spark.authenticate.secret", "mine"))
                .get("spark.authenticate.secret"))
        .isEqualTo("mine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark://head:7077", "yarn", "k8s://https://head:6443"})
  void complete_clusterOfOthersIsOpen_isRefused(String master) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> complete(master, Map.of()))
        .withMessageContaining(
            "set spark.authenticate true and spark.network.crypto.enabled true in the file of engine.properties")
        .withMessageNotContaining("\n");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> complete(master, Map.of("spark.authenticate", "true")))
        .withMessageContaining("set spark.network.crypto.enabled true in the file");
    // Spark derives the key from the secret, so that it does not encrypt without one.
    assertThatIllegalArgumentException()
        .isThrownBy(() -> complete(master, Map.of("spark.network.crypto.enabled", "true")))
        .withMessageContaining("set spark.authenticate true in the file");
  }

  @Test
  void complete_clusterOfOthersIsClosedOrOpenByChoice_isTaken() {
    for (Map<String, String> properties :
        List.of(
            Map.of("spark.authenticate", "true", "spark.network.crypto.enabled", "true"),
            Map.of("spark.authenticate", "true", "spark.ssl.rpc.enabled", "true"),
            Map.of("spark.authenticate", "false", "spark.network.crypto.enabled", "false"))) {
      SparkConf conf = complete("spark://head:7077", properties);
      properties.forEach((name, value) -> assertThat(conf.get(name)).isEqualTo(value));
      assertThat(conf.contains("spark.authenticate.secret")).isFalse();
    }
  }

  @Test
  void complete_yarnIsNowhere_isRefused() {
    Map<String, String> closed =
        Map.of("spark.authenticate", "true", "spark.network.crypto.enabled", "true");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> complete("yarn", closed))
        .withMessageContaining("set HADOOP_CONF_DIR to the folder of its yarn-site.xml");
    Map<String, String> named = new HashMap<>(closed);
    named.put("spark.hadoop.yarn.resourcemanager.hostname", "head");
    assertThat(complete("yarn", named).get("spark.master")).isEqualTo("yarn");
  }

  /** The key of the files goes to executors in a message. */
  @ParameterizedTest
  @CsvSource({
    "spark.authenticate=true spark.network.crypto.enabled=true, true",
    "spark.ssl.rpc.enabled=true, true",
    "spark.authenticate=true spark.network.crypto.enabled=false, unset",
    "spark.authenticate=false spark.network.crypto.enabled=true, unset",
    "spark.authenticate=true spark.network.crypto.enabled=true spark.io.encryption.enabled=false, false",
  })
  void configure_messagesAreEncrypted_filesAreToo(String properties, String files) {
    SparkConf conf = new SparkConf(false);
    for (String property : properties.split(" ", -1)) {
      String[] words = property.split("=", -1);
      conf.set(words[0], words[1]);
    }
    assertThat(SparkEngine.configure(conf).get("spark.io.encryption.enabled", "unset"))
        .isEqualTo(files);
  }

  @Test
  void configure_clusterOfThisMachine_filesAreEncrypted() {
    SparkConf conf = SparkEngine.configure(complete(HERE, Map.of()));
    assertThat(conf.get("spark.io.encryption.enabled")).isEqualTo("true");
  }
}
