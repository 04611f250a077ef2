package org.dpfed.spark;

import java.util.Map;
import org.dpfed.federated.Cluster;

/** Starts Spark applications. Public for {@link java.util.ServiceLoader} only. */
public final class SparkProvider implements Cluster.Provider {
  /** For {@link java.util.ServiceLoader}. */
  public SparkProvider() {}

  @Override
  public String name() {
    return "spark";
  }

  @Override
  public boolean isUsable() {
    try {
      Class.forName("org.apache.spark.SparkContext", false, SparkProvider.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  @Override
  public Cluster start(Map<String, String> properties) {
    return SparkApplication.start(properties);
  }
}
