package org.dpfed.federated;

/**
 * Makes in each process that trains shares of a cohort what the run's process has too: the trainer,
 * and the clients' data. Has a public constructor without arguments. Other processes get its name
 * and a text, and nothing else of it: no object of the run's is serialized.
 */
public interface SiteFactory {
  /**
   * The trainer and the clients of a run, once for each run and process.
   *
   * @param settings the text that the run's process gave to the engine, such as the network's
   *     configuration and the folder of the data. It travels in clear unless the cluster encrypts,
   *     and may be shown in logs; so it holds no secrets
   */
  Site open(String settings);

  /**
   * What such a process trains.
   *
   * @param trainer that starts from the same parameters and trains in the same way as the run's
   * @param data the population of the run. Each process can be asked for any client, and reads what
   *     it is asked for
   */
  record Site(ClientTrainer trainer, FederatedDataset data) {}
}
