package org.dpfed.federated;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.dpfed.federated.HostileAct.Scene;
import org.dpfed.federated.HostileAct.Twin;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** A population of which some clients are hostile, or do what honest ones would in their place. */
final class HostileClients implements FederatedDataset, ClientTrainer, AutoCloseable {
  static final int[] LAYERS = {2, 4};
  private static final int DIMENSION = 6;

  final AtomicInteger openWorkers = new AtomicInteger();
  private final NumberedClients numbered;
  private final IntPredicate isOneOfThem;
  private final HostileAct act;
  private final boolean isHostile;
  private final CountDownLatch over = new CountDownLatch(1);

  /**
   * @param isOneOfThem which clients
   * @param isHostile whether these do {@code act} or what its honest twin does
   */
  HostileClients(int population, IntPredicate isOneOfThem, HostileAct act, boolean isHostile) {
    this.numbered = new NumberedClients(population);
    this.isOneOfThem = isOneOfThem;
    this.act = act;
    this.isHostile = isHostile;
  }

  private boolean isHostile(int client) {
    return isHostile && isOneOfThem.test(client);
  }

  @Override
  public String unit() {
    return numbered.unit();
  }

  @Override
  public int population() {
    return numbered.population();
  }

  @Override
  public int examples(int id) {
    if (isHostile(id)) {
      return act.examples();
    }
    return isOneOfThem.test(id) && act.twin == Twin.HOLDS_NOTHING ? 0 : 1;
  }

  @Override
  public DataSet client(int id) {
    if (isHostile(id)) {
      act.load(over);
    }
    return numbered.client(id);
  }

  @Override
  public void release(DataSet examples) {
    int client = NumberedClients.number(examples);
    numbered.release(examples);
    if (isHostile(client)) {
      act.release(examples);
    }
  }

  /** Data sets that were not given back. */
  int lent() {
    return numbered.lent().get();
  }

  @Override
  public long dimension() {
    return DIMENSION;
  }

  @Override
  public int[] layerSizes() {
    return LAYERS.clone();
  }

  @Override
  public INDArray initialParameters() {
    return Nd4j.valueArrayOf(new long[] {DIMENSION}, 0.05, DataType.FLOAT);
  }

  @Override
  public List<String> assumptions() {
    return List.of();
  }

  @Override
  public Worker newWorker() {
    openWorkers.incrementAndGet();
    return new Worker() {
      private final List<INDArray> given = new ArrayList<>();

      @Override
      public ClientUpdate train(INDArray global, DataSet examples, long seed) {
        tamper();
        int client = NumberedClients.number(examples);
        // Shorter than every clip norm that the tests start with.
        INDArray honest = global.mul(-0.1).addi(0.01 * client);
        return new ClientUpdate(delta(client, global, honest), 0.5);
      }

      private INDArray delta(int client, INDArray global, INDArray honest) {
        if (!isOneOfThem.test(client)) {
          return honest;
        }
        if (!isHostile) {
          return act.twin.delta(global, honest);
        }
        INDArray delta = act.delta(new Scene(global, honest, over));
        given.add(delta);
        return delta;
      }

      private void tamper() {
        given.forEach(act::afterwards);
        given.clear();
      }

      @Override
      public void close() {
        openWorkers.decrementAndGet();
        tamper();
      }
    };
  }

  /** Lets the clients that never end, end. */
  @Override
  public void close() {
    over.countDown();
  }
}
