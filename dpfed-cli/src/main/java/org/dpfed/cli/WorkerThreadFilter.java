package org.dpfed.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import org.dpfed.federated.FederatedAveraging;

/**
 * Keeps out of the log what other libraries say while a client is trained: any such message, a
 * warning about the shape of its examples for instance, tells that the client took part. {@code
 * logback.xml} names this class.
 */
public final class WorkerThreadFilter extends Filter<ILoggingEvent> {
  private static final String OWN = "org.dpfed.";

  @Override
  public FilterReply decide(ILoggingEvent event) {
    boolean isAboutAClient =
        event.getThreadName().equals(FederatedAveraging.WORKER_THREAD)
            && !event.getLoggerName().startsWith(OWN);
    return isAboutAClient ? FilterReply.DENY : FilterReply.NEUTRAL;
  }
}
