package org.dpfed.federated;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * Trains each cohort in shares, one after the other, and hands them on as bytes in a random order.
 *
 * @param shares of a cohort
 * @param seed of the order
 * @param onTheWay what becomes of the first share's report
 * @param deliveries how often the first share arrives
 */
record InProcessEngine(int shares, long seed, UnaryOperator<byte[]> onTheWay, int deliveries)
    implements CohortEngine {
  InProcessEngine(int shares, long seed) {
    this(shares, seed, report -> report, 1);
  }

  @Override
  public boolean reportsSums() {
    return true;
  }

  @Override
  public Session open(Job job) {
    ShareTrainer trainer = new ShareTrainer(job);
    return new Session() {
      @Override
      public void train(Round round, Receiver receiver) throws InterruptedException {
        CohortShares cut = new CohortShares(77, round, shares);
        List<Integer> order = new ArrayList<>();
        for (int share = 0; share < cut.count(); share++) {
          order.addAll(Collections.nCopies(share == 0 ? deliveries : 1, share));
        }
        Collections.shuffle(order, new Random(seed));
        for (int share : order) {
          byte[] report = trainer.train(cut.task(share), round.parameters().toFloatVector());
          cut.report(share, share == 0 ? onTheWay.apply(report) : report, receiver);
        }
      }

      @Override
      public void close() {
        trainer.close();
      }
    };
  }
}
