package org.dpfed.spark;

import org.dpfed.federated.ClientTrainer;
import org.dpfed.federated.FederatedDataset;

/**
 * Makes on each executor what the driver has too: the trainer, and the clients' data. Has a public
 * constructor without arguments. Executors get its name and a text, and nothing else of it: no
 * object of the driver's is serialized.
 */
public interface SiteFactory {
  /**
   * The trainer and the clients of a run, once for each run and executor process.
   *
   * @param settings the text that the driver gave to {@link SparkEngine}, such as the network's
   *     configuration and the folder of the data. It travels in clear unless the cluster encrypts,
   *     and may be shown in logs; so it holds no secrets
   */
  Site open(String settings);

  /**
   * What an executor trains.
   *
   * @param trainer that starts from the same parameters and trains in the same way as the driver's
   * @param data the population of the run. Each executor can be asked for any client, and reads
   *     what it is asked for
   */
  record Site(ClientTrainer trainer, FederatedDataset data) {}
}
