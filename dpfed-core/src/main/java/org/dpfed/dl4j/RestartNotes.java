package org.dpfed.dl4j;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;

/** Lists the state in a network's configuration that restarts with every client and round. */
final class RestartNotes {
  private RestartNotes() {}

  /**
   * One sentence for updaters with state and one for schedules, whatever they schedule; none for a
   * network that has neither.
   *
   * @param configuration of the network
   * @param trained the parameters that clients train
   */
  static List<String> of(Serializable configuration, List<Parameter> trained) {
    String stateful =
        names(
            trained.stream()
                .map(each -> each.owner().getConfig().getUpdaterByParam(each.name()))
                .filter(updater -> updater.stateSize(1) > 0));
    String schedules =
        names(
            ConfigurationCopy.parts(configuration, ISchedule.class).stream()
                .filter(schedule -> !(schedule instanceof FixedSchedule)));
    List<String> notes = new ArrayList<>();
    if (!stateful.isEmpty()) {
      notes.add(
          "the state of the updater %s is reset for every client in every round; for momentum across rounds, use the server optimizer"
              .formatted(stateful));
    }
    if (!schedules.isEmpty()) {
      notes.add(
          "the network's %s counts one client's steps and epochs and restarts for every client in every round; for schedules by round, use LocalTraining.withLearningRate and ServerOptimizer.Scheduled"
              .formatted(schedules));
    }
    return notes;
  }

  private static String names(Stream<?> objects) {
    return objects
        .map(each -> each.getClass().getSimpleName())
        .distinct()
        .sorted()
        .collect(Collectors.joining(" and "));
  }
}
