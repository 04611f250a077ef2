package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.MatrixMechanism;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.ToeplitzStrategy;
import org.junit.jupiter.api.Test;

final class EventTextTest {
  @Test
  void shortened_listOfManyNumbers_showsTheFirstAndHowMany() {
    MatrixMechanism event =
        new MatrixMechanism(
            2,
            new ToeplitzStrategy(Collections.nCopies(2000, 1e-3)),
            new Participation(2000, 6, 9));
    assertThat(EventText.shortened(event.toString()))
        .contains("[0.001, 0.001, 0.001, 0.001, … 2000 in all]")
        .contains("maxParticipations=6")
        .hasSizeLessThan(300);
  }

  @Test
  void shortened_shortListsAndNoLists_stayAsTheyAre() {
    String matrix =
        new MatrixMechanism(2, ToeplitzStrategy.of(1, .5), Participation.once(9)).toString();
    assertThat(EventText.shortened(matrix)).isEqualTo(matrix);
    String poisson = new DpEvent.PoissonSampled(0.2, new DpEvent.Gaussian(1.5)).toString();
    assertThat(EventText.shortened(poisson)).isEqualTo(poisson);
  }
}
