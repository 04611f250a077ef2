package org.dpfed.federated;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** What a hostile client does, how it counts, and what an honest client would do in its place. */
enum HostileAct {
  NOT_A_NUMBER(Count.NON_FINITE, Twin.HOLDS_NOTHING) {
    @Override
    INDArray delta(Scene scene) {
      return scene.honest.putScalar(1, Float.NaN);
    }
  },
  INFINITE(Count.NON_FINITE, Twin.HOLDS_NOTHING) {
    @Override
    INDArray delta(Scene scene) {
      return scene.honest.putScalar(5, Float.POSITIVE_INFINITY);
    }
  },
  MINUS_INFINITE(Count.NON_FINITE, Twin.HOLDS_NOTHING) {
    @Override
    INDArray delta(Scene scene) {
      return scene.honest.assign(Float.NEGATIVE_INFINITY);
    }
  },
  LARGEST_FLOAT(Count.CLIPPED, Twin.GIVES_LONG) {
    @Override
    INDArray delta(Scene scene) {
      return scene.honest.assign(Float.MAX_VALUE);
    }
  },
  MINUS_ZERO(Count.TRAINED, Twin.GIVES_ZEROS) {
    @Override
    INDArray delta(Scene scene) {
      float[] values = new float[(int) scene.honest.length()];
      Arrays.fill(values, -0f);
      return Nd4j.createFromArray(values);
    }
  },
  SUBNORMAL(Count.TRAINED, Twin.GIVES_ZEROS) {
    @Override
    INDArray delta(Scene scene) {
      return scene.honest.assign(Float.MIN_VALUE);
    }
  },
  ANOTHER_LENGTH(Count.FAILED, Twin.HOLDS_NOTHING) {
    @Override
    INDArray delta(Scene scene) {
      return Nd4j.ones(DataType.FLOAT, scene.honest.length() + 1);
    }
  },
  EMPTY(Count.FAILED, Twin.HOLDS_NOTHING) {
    @Override
    INDArray delta(Scene scene) {
      return Nd4j.empty(DataType.FLOAT);
    }
  },
  ANOTHER_RANK(Count.FAILED, Twin.HOLDS_NOTHING) {
    @Override
    INDArray delta(Scene scene) {
      return scene.honest.reshape(1, scene.honest.length());
    }
  },
  ANOTHER_TYPE(Count.FAILED, Twin.HOLDS_NOTHING) {
    @Override
    INDArray delta(Scene scene) {
      return scene.honest.castTo(DataType.DOUBLE);
    }
  },
  CLOSED_ARRAY(Count.FAILED, Twin.HOLDS_NOTHING) {
    @Override
    INDArray delta(Scene scene) {
      scene.honest.close();
      return scene.honest;
    }
  },
  NULL(Count.FAILED, Twin.HOLDS_NOTHING) {
    @Override
    @SuppressWarnings("NullAway") // What a program without NullAway may do.
    INDArray delta(Scene scene) {
      return null;
    }
  },
  GLOBAL_PARAMETERS_THEMSELVES(Count.TRAINED, Twin.GIVES_GLOBAL) {
    @Override
    INDArray delta(Scene scene) {
      return scene.global;
    }
  },
  CHANGES_IT_AFTERWARDS(Count.TRAINED, Twin.TRAINS) {
    @Override
    void afterwards(INDArray delta) {
      delta.assign(Float.NaN);
    }
  },
  CLOSES_IT_AFTERWARDS(Count.TRAINED, Twin.TRAINS) {
    @Override
    void afterwards(INDArray delta) {
      delta.close();
    }
  },
  CLOSES_THE_GLOBAL_PARAMETERS(Count.TRAINED, Twin.TRAINS) {
    @Override
    INDArray delta(Scene scene) {
      scene.global.close();
      return scene.honest;
    }
  },
  INTERRUPTS_ITS_THREAD(Count.TRAINED, Twin.TRAINS) {
    @Override
    INDArray delta(Scene scene) {
      Thread.currentThread().interrupt();
      return scene.honest;
    }
  },
  THROWS(Count.FAILED, Twin.HOLDS_NOTHING) {
    @Override
    INDArray delta(Scene scene) {
      throw new IllegalStateException("hostile");
    }
  },
  THROWS_ERROR(Count.FAILED, Twin.HOLDS_NOTHING) {
    @Override
    INDArray delta(Scene scene) {
      throw new OutOfMemoryError("hostile");
    }
  },
  OVERFLOWS_THE_STACK(Count.FAILED, Twin.HOLDS_NOTHING) {
    @Override
    INDArray delta(Scene scene) {
      return scene.over.getCount() == 0 ? scene.honest : delta(scene).add(1);
    }
  },
  COUNT_THROWS(Count.FAILED, Twin.HOLDS_NOTHING) {
    @Override
    int examples() {
      throw new IllegalStateException("hostile");
    }
  },
  LOADING_THROWS(Count.FAILED, Twin.HOLDS_NOTHING) {
    @Override
    void load(CountDownLatch over) {
      throw new NoClassDefFoundError("hostile");
    }
  },
  RELEASE_THROWS(Count.FAILED, Twin.HOLDS_NOTHING) {
    @Override
    void release(DataSet examples) {
      throw new IllegalStateException("hostile");
    }
  },
  TRAINS_UNTIL_INTERRUPTED(Count.LATE, Twin.HOLDS_NOTHING) {
    @Override
    INDArray delta(Scene scene) {
      try {
        scene.over.await();
      } catch (InterruptedException e) {
        // Late, and an honest delta after all.
      }
      return scene.honest;
    }
  },
  TRAINS_ON_AND_ON(Count.LATE, Twin.HOLDS_NOTHING) {
    @Override
    INDArray delta(Scene scene) {
      awaitDeaf(scene.over);
      return scene.honest;
    }
  },
  LOADS_ON_AND_ON(Count.LATE, Twin.HOLDS_NOTHING) {
    @Override
    void load(CountDownLatch over) {
      awaitDeaf(over);
    }
  };

  /** Where a round's diagnostics count it. */
  enum Count {
    TRAINED,
    CLIPPED,
    NON_FINITE,
    FAILED,
    /** As failed, when there is a time limit. */
    LATE
  }

  /** What honest clients may do. */
  enum Twin {
    TRAINS,
    HOLDS_NOTHING,
    GIVES_ZEROS,
    GIVES_LONG,
    GIVES_GLOBAL;

    INDArray delta(INDArray global, INDArray honest) {
      return switch (this) {
        case TRAINS, HOLDS_NOTHING -> honest;
        case GIVES_ZEROS -> honest.assign(0);
        case GIVES_LONG -> honest.assign(1e3f);
        case GIVES_GLOBAL -> global.dup();
      };
    }
  }

  /**
   * A client in training.
   *
   * @param global where it starts from
   * @param honest the delta that it should give
   * @param over when the test ends
   */
  record Scene(INDArray global, INDArray honest, CountDownLatch over) {}

  final Count count;
  final Twin twin;

  HostileAct(Count count, Twin twin) {
    this.count = count;
    this.twin = twin;
  }

  INDArray delta(Scene scene) {
    return scene.honest;
  }

  /** Done to the delta when the worker is asked for the next client, or closed. */
  void afterwards(INDArray delta) {}

  int examples() {
    return 1;
  }

  void load(CountDownLatch over) {}

  void release(DataSet examples) {}

  private static void awaitDeaf(CountDownLatch over) {
    while (over.getCount() > 0) {
      try {
        over.await();
      } catch (InterruptedException e) {
        // Deaf.
      }
    }
  }
}
