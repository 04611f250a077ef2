package org.dpfed.dl4j;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.memory.MemoryWorkspaceManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Trains synthetic clients in the same way as a run, on separate threads and networks. */
final class ProbeTraining {
  private static final long SEED = 8128;

  private final NetworkTemplate template;
  private final LayerImplementation layers;
  private final LocalTraining local;

  ProbeTraining(NetworkTemplate template, LayerImplementation layers, LocalTraining local) {
    this.template = template;
    this.layers = layers;
    this.local = local;
  }

  /** A client, and what a fresh network shows that was trained on it. */
  record Probe(DataSet client, ProbeTrace alone) {}

  /** A client that the network cannot be trained on. */
  static final class FailedStepException extends IllegalArgumentException {
    FailedStepException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Trains a client on a fresh network.
   *
   * @throws FailedStepException when the network cannot be trained on it
   * @throws IllegalArgumentException when it moves a parameter that counts as fixed
   */
  Probe alone(DataSet client) {
    ProbeTrace[] trace = new ProbeTrace[1];
    inThreads(List.of(worker -> trace[0] = trace(worker, client)));
    return new Probe(client, trace[0]);
  }

  /**
   * Trains each client of {@code compared} after all others, on two threads at the same time.
   *
   * @throws IllegalArgumentException when one comes out otherwise than alone
   */
  void compare(List<Probe> compared, List<DataSet> before) {
    CountDownLatch ready = new CountDownLatch(2);
    inThreads(
        List.of(
            worker -> {
              await(ready);
              before.forEach(client -> trainBefore(worker, client));
              compared.forEach(probe -> requireSame(worker, probe));
            },
            // Other clients than the first thread's, so that what networks share gets mixed up.
            worker -> {
              await(ready);
              compared.forEach(probe -> requireSame(worker, probe));
              before.forEach(client -> trainBefore(worker, client));
              compared.forEach(probe -> requireSame(worker, probe));
            }));
  }

  private static void await(CountDownLatch ready) {
    ready.countDown();
    try {
      ready.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the network was checked", e);
    }
  }

  private ProbeTrace trace(Dl4jWorker worker, DataSet client) {
    try (INDArray global = template.initialParameters()) {
      ProbeTrace trace = ProbeTrace.of(worker, global, client, SEED);
      requireFixed(worker.network().model(), trace);
      return trace;
    }
  }

  /** Another client, in another round: from other parameters, with another seed. */
  private void trainBefore(Dl4jWorker worker, DataSet client) {
    try (INDArray global = template.initialParameters().addi(0.01)) {
      worker.train(global, client, 0, SEED + 1);
    }
  }

  private void requireSame(Dl4jWorker worker, Probe probe) {
    ProbeTrace after = trace(worker, probe.client());
    if (after.isSameAs(probe.alone())) {
      return;
    }
    ParameterLayout layout = ParameterLayout.of(worker.network().model());
    ProbeTrace again = alone(probe.client()).alone();
    if (!again.isSameAs(probe.alone())) {
      throw new IllegalArgumentException(
          "training the same client on two fresh networks gave different results (%s): a layer, loss or other part of the network draws random numbers elsewhere than from Nd4j.getRandom(), or shares state between networks; remove it"
              .formatted(summary(again.differences(probe.alone(), layout))));
    }
    throw new IllegalArgumentException(
        "training a client after another gave another result than training it alone (%s): a layer, loss or other part of the network keeps state from one client to the next, which no clip bounds; remove it"
            .formatted(summary(after.differences(probe.alone(), layout))));
  }

  private void requireFixed(Model model, ProbeTrace trace) {
    FixedParameters fixed = new FixedParameters(model);
    float[] initial = template.allInitialParameters();
    for (Parameter parameter : ParameterLayout.of(model).parameters()) {
      if (fixed.contains(parameter) && !trace.isUnmoved(parameter, initial)) {
        throw new IllegalArgumentException(
            "%s should not be moved by training (it is frozen, before a frozen layer, or has a learning rate of 0), and was; wrap the layer in FrozenLayer, or give it a learning rate"
                .formatted(parameter.label()));
      }
    }
  }

  private static String summary(List<String> differences) {
    int shown = 4;
    return differences.size() <= shown
        ? String.join(", ", differences)
        : String.join(", ", differences.subList(0, shown))
            + " and %d more".formatted(differences.size() - shown);
  }

  /** Gives each task a thread and a fresh network there, and waits for all. */
  private void inThreads(List<Consumer<Dl4jWorker>> tasks) {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<? extends Future<?>> started =
          tasks.stream().map(task -> threads.submit(() -> onFreshNetwork(task))).toList();
      for (Future<?> each : started) {
        each.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused;
      }
      throw new FailedStepException(
          "the network cannot be trained: a step on synthetic examples failed with %s; correct the network, or give it examples, none of them a client's, by Dl4jClientTrainer.withProbe"
              .formatted(e.getCause()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the network was checked", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private void onFreshNetwork(Consumer<Dl4jWorker> task) {
    try (Dl4jWorker worker = new Dl4jWorker(template.localNetwork(layers), local)) {
      task.accept(worker);
    } finally {
      // One by one: ND4J's method for all of them asks for a garbage collection.
      MemoryWorkspaceManager workspaces = Nd4j.getWorkspaceManager();
      workspaces.getAllWorkspacesForCurrentThread().forEach(workspaces::destroyWorkspace);
    }
  }
}
