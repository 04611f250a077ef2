package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.dpfed.accounting.DpEvent;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.mechanism.Randomness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.LoggerFactory;

/**
 * One client, number 7, does something that a trainer or a data set of the user's might do. Nothing
 * but its own clipped delta may come of it: the model is, bit for bit, that of a run in which it
 * holds no data, or in which it trains as others do.
 */
final class ClientIsolationTest {
  private static final int CLIENT = 7;
  private static final int POPULATION = 30;
  private static final int DIMENSION = 5;
  private static final String SECRET = "diagnosis=SECRET";

  /** What client 7 does in training, besides giving the delta that others would give for it. */
  private enum Training {
    ORDINARY(false),
    TRAINS_IN_THE_GLOBAL_ARRAY(false) {
      @Override
      INDArray delta(INDArray global, INDArray delta) {
        global.assign(1e6f);
        return delta;
      }
    },
    GIVES_THE_GLOBAL_ARRAY_AS_DELTA(false) {
      @Override
      INDArray delta(INDArray global, INDArray delta) {
        return global.assign(delta);
      }
    },
    CLOSES_THE_GLOBAL_ARRAY(false) {
      @Override
      INDArray delta(INDArray global, INDArray delta) {
        global.close();
        return delta;
      }
    },
    INTERRUPTS_ITS_THREAD(false) {
      @Override
      INDArray delta(INDArray global, INDArray delta) {
        Thread.currentThread().interrupt();
        return delta;
      }
    },
    GIVES_A_STRIDED_VIEW(false) {
      @Override
      INDArray delta(INDArray global, INDArray delta) {
        INDArray columns = Nd4j.zeros(DataType.FLOAT, DIMENSION, 2);
        columns.getColumn(1).assign(delta);
        return columns.getColumn(1);
      }
    },
    THROWS(true) {
      @Override
      INDArray delta(INDArray global, INDArray delta) {
        throw new IllegalStateException(SECRET);
      }
    },
    RUNS_OUT_OF_MEMORY(true) {
      @Override
      INDArray delta(INDArray global, INDArray delta) {
        throw new OutOfMemoryError(SECRET);
      }
    },
    OVERFLOWS_THE_STACK(true) {
      @Override
      INDArray delta(INDArray global, INDArray delta) {
        throw new StackOverflowError(SECRET);
      }
    },
    GIVES_NULL(true) {
      @Override
      @SuppressWarnings("NullAway") // What a program without NullAway may do.
      INDArray delta(INDArray global, INDArray delta) {
        return null;
      }
    },
    GIVES_A_CLOSED_ARRAY(true) {
      @Override
      INDArray delta(INDArray global, INDArray delta) {
        delta.close();
        return delta;
      }
    },
    GIVES_ANOTHER_LENGTH(true) {
      @Override
      INDArray delta(INDArray global, INDArray delta) {
        return Nd4j.ones(DataType.FLOAT, DIMENSION + 1);
      }
    },
    GIVES_ANOTHER_RANK(true) {
      @Override
      INDArray delta(INDArray global, INDArray delta) {
        return Nd4j.ones(DataType.FLOAT, 1, DIMENSION);
      }
    },
    GIVES_ANOTHER_TYPE(true) {
      @Override
      INDArray delta(INDArray global, INDArray delta) {
        return Nd4j.ones(DataType.DOUBLE, DIMENSION);
      }
    },
    GIVES_NOT_A_NUMBER(true) {
      @Override
      INDArray delta(INDArray global, INDArray delta) {
        return delta.putScalar(0, Float.NaN);
      }
    };

    final boolean fails;

    Training(boolean fails) {
      this.fails = fails;
    }

    INDArray delta(INDArray global, INDArray delta) {
      return delta;
    }
  }

  /** What loading client 7's data does. */
  private enum Loading {
    ORDINARY,
    HOLDS_NOTHING,
    THROWS,
    COUNT_THROWS,
    RELEASE_THROWS
  }

  @ParameterizedTest
  @EnumSource(Training.class)
  void training_whateverItDoes_reachesNothingButItsOwnDelta(Training training) {
    for (int workers : new int[] {1, 3}) {
      float[] expected =
          training.fails
              ? model(Training.ORDINARY, Loading.HOLDS_NOTHING, workers)
              : model(Training.ORDINARY, Loading.ORDINARY, workers);
      assertThat(model(training, Loading.ORDINARY, workers)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Loading.class, mode = EnumSource.Mode.EXCLUDE, names = "ORDINARY")
  void loading_fails_isLikeHoldingNothing(Loading loading) {
    assertThat(model(Training.ORDINARY, loading, 2))
        .isEqualTo(model(Training.ORDINARY, Loading.HOLDS_NOTHING, 2))
        .isNotEqualTo(model(Training.ORDINARY, Loading.ORDINARY, 2));
  }

  @Test
  void allClientsFail_runGoesOnToItsEndOnNoiseAlone() {
    List<DpEvent> charged = new ArrayList<>();
    TrainingResult result =
        FederatedAveraging.builder(plan(), new NumberedClients(POPULATION), new Failing())
            .ledger(charged::add)
            .build()
            .run();
    assertThat(charged).hasSize(3);
    assertThat(result.parameters().toFloatVector()).doesNotContain(0f);
  }

  /**
   * One buffer for all clients, whole or a view of a larger one: each delta counts as it was when
   * its client gave it.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void trainer_givesTheSameBufferForEveryClient_sumsEachAsItWas(boolean view) {
    INDArray memory = Nd4j.zeros(DataType.FLOAT, 2, DIMENSION);
    INDArray buffer = view ? memory.getRow(0) : Nd4j.zeros(DataType.FLOAT, DIMENSION);
    ClientTrainer reusing =
        new Isolated(Training.ORDINARY) {
          @Override
          INDArray delta(INDArray global, int client) {
            return buffer.assign(super.delta(global, client));
          }
        };
    float[] expected = model(Training.ORDINARY, Loading.ORDINARY, 1);
    assertThat(model(reusing, Loading.ORDINARY, 1)).isEqualTo(expected);
  }

  /** A failed client may leave anything in its worker and its thread: neither is used again. */
  @Test
  void failedClient_leavesAStateBehind_nobodyTrainsWithIt() {
    ThreadLocal<Boolean> poisonedThread = new InheritableThreadLocal<>();
    ClientTrainer poisoning =
        new Isolated(Training.ORDINARY) {
          @Override
          public Worker newWorker() {
            boolean[] poisoned = new boolean[1];
            return new OneClient() {
              @Override
              public ClientUpdate train(INDArray global, DataSet examples, long seed) {
                int client = NumberedClients.number(examples);
                if (client == CLIENT) {
                  poisoned[0] = true;
                  poisonedThread.set(true);
                  throw new IllegalStateException(SECRET);
                }
                INDArray delta = delta(global, client);
                return new ClientUpdate(
                    poisoned[0] || poisonedThread.get() != null ? delta.muli(2) : delta, 0);
              }
            };
          }
        };
    assertThat(model(poisoning, Loading.ORDINARY, 1))
        .isEqualTo(model(Training.ORDINARY, Loading.HOLDS_NOTHING, 1));
  }

  @Test
  void startingParameters_ownedByTheTrainer_areNotTrained() {
    INDArray own = Nd4j.ones(DataType.FLOAT, DIMENSION);
    ClientTrainer keeping =
        new Isolated(Training.ORDINARY) {
          @Override
          public INDArray initialParameters() {
            return own;
          }
        };
    assertThat(model(keeping, Loading.ORDINARY, 2)).isNotEqualTo(own.toFloatVector());
    assertThat(own.toFloatVector()).containsOnly(1f);
  }

  @Test
  void clientsErrors_unlessAskedFor_areNowhereToBeRead() {
    String written = everythingWritten(false);
    assertThat(written).doesNotContain("SECRET", "client 7", "failed", "Exception");
  }

  @Test
  void clientsErrors_askedFor_areInTheLog() {
    String written = everythingWritten(true);
    assertThat(written).contains("client 7 failed", SECRET);
  }

  private static String everythingWritten(boolean showClientErrors) {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.setLevel(Level.TRACE);
    root.addAppender(log);
    PrintStream err = System.err;
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream capture = new PrintStream(printed, true, StandardCharsets.UTF_8);
    System.setErr(capture);
    System.setOut(capture);
    try {
      FederatedAveraging.builder(plan(), new NumberedClients(POPULATION), new Failing())
          .showClientErrors(showClientErrors)
          .build()
          .run();
    } finally {
      System.setErr(err);
      System.setOut(out);
      root.detachAppender(log);
      root.setLevel(before);
    }
    StringBuilder text = new StringBuilder(printed.toString(StandardCharsets.UTF_8));
    for (ILoggingEvent event : log.list) {
      text.append(event.getFormattedMessage());
      if (event.getThrowableProxy() != null) {
        text.append(event.getThrowableProxy().getClassName());
        text.append(event.getThrowableProxy().getMessage());
      }
    }
    return text.toString();
  }

  private static float[] model(Training training, Loading loading, int workers) {
    return model(new Isolated(training), loading, workers);
  }

  private static float[] model(ClientTrainer trainer, Loading loading, int workers) {
    return FederatedAveraging.builder(plan(), new Clients(loading), trainer)
        .execution(new Execution(workers, KernelSelection.forced("nd4j")))
        .build()
        .run()
        .parameters()
        .toFloatVector();
  }

  private static PrivacyPlan plan() {
    return PrivacyPlan.builder(POPULATION, "device")
        .expectedCohortSize(POPULATION)
        .rounds(3)
        .clipNorm(1)
        .noiseMultiplier(0.1)
        .delta(1e-3)
        .randomness(Randomness.seeded(3))
        .build();
  }

  /** Clients of which one may have trouble with its data. */
  private record Clients(Loading loading, NumberedClients numbered) implements FederatedDataset {
    Clients(Loading loading) {
      this(loading, new NumberedClients(POPULATION));
    }

    @Override
    public String unit() {
      return "device";
    }

    @Override
    public int population() {
      return POPULATION;
    }

    @Override
    public int examples(int id) {
      if (id == CLIENT && loading == Loading.COUNT_THROWS) {
        throw new IllegalStateException(SECRET);
      }
      return id == CLIENT && loading == Loading.HOLDS_NOTHING ? 0 : 1;
    }

    @Override
    public DataSet client(int id) {
      if (id == CLIENT && loading == Loading.THROWS) {
        throw new IllegalStateException(SECRET);
      }
      return numbered.client(id);
    }

    @Override
    public void release(DataSet examples) {
      if (loading == Loading.RELEASE_THROWS && NumberedClients.number(examples) == CLIENT) {
        throw new IllegalStateException(SECRET);
      }
      numbered.release(examples);
    }
  }

  /** A client's delta depends on where it starts from and on who it is. */
  private static class Isolated implements ClientTrainer {
    private final Training training;

    Isolated(Training training) {
      this.training = training;
    }

    @Override
    public long dimension() {
      return DIMENSION;
    }

    @Override
    public INDArray initialParameters() {
      return Nd4j.ones(DataType.FLOAT, DIMENSION);
    }

    @Override
    public Worker newWorker() {
      return new OneClient() {
        @Override
        public ClientUpdate train(INDArray global, DataSet examples, long seed) {
          return new ClientUpdate(delta(global, NumberedClients.number(examples)), 0);
        }
      };
    }

    INDArray delta(INDArray global, int client) {
      INDArray delta = global.mul(-0.1).addi(0.01 * client);
      return client == CLIENT ? training.delta(global, delta) : delta;
    }
  }

  private abstract static class OneClient implements ClientTrainer.Worker {
    @Override
    public void close() {}
  }

  private static final class Failing extends Isolated {
    Failing() {
      super(Training.ORDINARY);
    }

    @Override
    INDArray delta(INDArray global, int client) {
      throw new IllegalStateException(SECRET);
    }
  }
}
