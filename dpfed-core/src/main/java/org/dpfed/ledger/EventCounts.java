package org.dpfed.ledger;

import java.util.LinkedHashMap;
import java.util.Map;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.PrivacyAccountant;

/** How often each event was charged. */
final class EventCounts {
  private final Map<DpEvent, Long> counts = new LinkedHashMap<>();

  void add(DpEvent event, long count) {
    counts.merge(event, count, Math::addExact);
  }

  void addTo(EventCounts other) {
    counts.forEach(other::add);
  }

  PrivacyAccountant composed(PrivacyAccountant nothing) {
    PrivacyAccountant all = nothing;
    for (Map.Entry<DpEvent, Long> entry : counts.entrySet()) {
      all = all.compose(entry.getKey(), entry.getValue());
    }
    return all;
  }
}
