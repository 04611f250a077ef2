package org.dpfed.cli.output;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import org.dpfed.cli.Causes;

/**
 * Events for machines, one JSON object a line, each written when it happens. The last is {@code
 * finished}, {@code stopped} or {@code failed}, also where the process is interrupted; nothing
 * follows it.
 */
public final class JsonEvents implements AutoCloseable {
  private final PrintWriter out;
  private final Thread hook = new Thread(this::interrupted, "dpfed-events");
  private boolean endsItself;
  private boolean hasEnded;

  /**
   * @param out where nothing else is written
   */
  public JsonEvents(PrintWriter out) {
    this.out = out;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Writes one event.
   *
   * @param event what happened
   * @param fields of it, with finite numbers only
   */
  public synchronized void write(String event, ObjectNode fields) {
    if (!hasEnded) {
      ObjectNode line = JsonNodeFactory.instance.objectNode().put("event", event);
      out.println(line.setAll(fields));
      out.flush();
    }
  }

  /** Writes the last event. */
  public synchronized void end(String event, ObjectNode fields) {
    write(event, fields);
    hasEnded = true;
  }

  /**
   * Writes that the command failed, as the last event.
   *
   * @param known of it beside status, exitStatus and message
   */
  public void fail(Throwable error, ObjectNode known) {
    ObjectNode fields = JsonNodeFactory.instance.objectNode().put("status", "failed");
    fields.put("exitStatus", Causes.exitStatus(error)).put("message", Causes.words(error));
    end("failed", fields.setAll(known));
  }

  /** From now on the command stops in good order when it is interrupted, and writes its end. */
  public synchronized void endsItself() {
    endsItself = true;
  }

  /** The process ends: by a signal, unless the last event is written. */
  synchronized void interrupted() {
    if (!endsItself) {
      end(
          "stopped",
          JsonNodeFactory.instance.objectNode().put("status", "stopped").putNull("exitStatus"));
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook with it.
    }
  }
}
