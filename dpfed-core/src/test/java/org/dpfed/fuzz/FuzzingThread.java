package org.dpfed.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Reads every so-manieth mutation of a reader's files. */
final class FuzzingThread extends Thread {
  /** For one file; processor time, which a busy machine does not lengthen. */
  static final long MOST_CPU_NANOS = 1_000_000_000L;

  /** By which the process may grow during one file; the heap that grows for good is part of it. */
  private static final long MOST_RESIDENT_BYTES = 512L << 20;

  private static final int MOST_FAILURES = 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final FuzzedReader reader;
  private final long seed;
  private final long first;
  private final int step;
  private final long end;
  private final Path file;

  private volatile long current;
  private volatile long cpuStart;
  private volatile long wallStart;
  private volatile boolean reading;

  /** Of each kind the first, by what was thrown and where. */
  private final Map<String, String> failures = new LinkedHashMap<>();

  private long cpu;
  private long read;
  private long refused;

  FuzzingThread(FuzzedReader reader, long seed, long first, int step, long end, Path directory) {
    super("fuzzing " + reader);
    setDaemon(true);
    this.reader = reader;
    this.seed = seed;
    this.first = first;
    this.step = step;
    this.end = end;
    this.file = directory.resolve(reader.fileName());
  }

  @Override
  public void run() {
    for (long number = first; number < end && failures.size() < MOST_FAILURES; number += step) {
      try {
        check(number, reader.mutated(seed, number));
      } catch (IOException e) {
        failures.put("file", place(reader, seed, number) + " cannot be made: " + e);
      }
    }
    cpu = THREADS.getCurrentThreadCpuTime();
  }

  private void check(long number, byte[] content) throws IOException {
    write(content);
    current = number;
    wallStart = System.nanoTime();
    cpuStart = THREADS.getCurrentThreadCpuTime();
    reading = true;
    long resident = Pointer.physicalBytes();
    long allocated = THREADS.getThreadAllocatedBytes(getId());
    Throwable thrown = thrown();
    allocated = THREADS.getThreadAllocatedBytes(getId()) - allocated;
    if (allocated > reader.mostHeapBytes(content.length)) {
      // What a library's classes allocate at their first use is not the file's: once more.
      allocated = THREADS.getThreadAllocatedBytes(getId());
      thrown = thrown();
      allocated = THREADS.getThreadAllocatedBytes(getId()) - allocated;
    }
    resident = Pointer.physicalBytes() - resident;
    long taken = THREADS.getCurrentThreadCpuTime() - cpuStart;
    reading = false;
    if (thrown != null && !reader.documents(thrown)) {
      note(number, content, "threw what it does not document: " + thrown, thrown);
    } else if (allocated > reader.mostHeapBytes(content.length)) {
      note(number, content, "allocated %d bytes of heap".formatted(allocated), thrown);
    } else if (resident > MOST_RESIDENT_BYTES) {
      note(number, content, "let the process grow by %d bytes".formatted(resident), thrown);
    } else if (taken > MOST_CPU_NANOS) {
      note(number, content, "took %.1f s of processor time".formatted(taken / 1e9), thrown);
    }
    read += thrown == null ? 1 : 0;
    refused += thrown == null ? 0 : 1;
  }

  /** Over the file before: a file that is emptied first is forced to disk by some file systems. */
  private void write(byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(content));
      channel.truncate(content.length);
    }
  }

  private @Nullable Throwable thrown() {
    try {
      reader.reading().read(file);
      return null;
    } catch (Throwable e) {
      return e;
    }
  }

  private void note(long number, byte[] content, String problem, @Nullable Throwable thrown)
      throws IOException {
    StackTraceElement[] trace = thrown == null ? new StackTraceElement[0] : thrown.getStackTrace();
    String kind = problem.replaceAll("\\d+", "0") + (trace.length == 0 ? "" : trace[0]);
    kind = kind.substring(0, Math.min(kind.length(), 60)) + (trace.length == 0 ? "" : trace[0]);
    if (failures.containsKey(kind)) {
      return;
    }
    Path kept =
        Path.of(System.getProperty("java.io.tmpdir", "target"))
            .resolve(
                "fuzz-%s-%d-%d".formatted(reader.name().replaceAll("\\W+", "-"), seed, number));
    Files.write(kept, content);
    failures.put(
        kind,
        "%s, a file of %d bytes kept as %s, %s%n%s"
            .formatted(place(reader, seed, number), content.length, kept, problem, text(thrown)));
  }

  /** Names a mutation, and says how to run it alone. */
  static String place(FuzzedReader reader, long seed, long number) {
    return "mutation %d of seed %d of %s (alone: -Ddpfed.fuzz.seed=%d -Ddpfed.fuzz.mutation=%d)"
        .formatted(number, seed, reader, seed, number);
  }

  private static String text(@Nullable Throwable thrown) {
    if (thrown == null) {
      return "";
    }
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString().lines().limit(25).reduce("", (all, line) -> all + line + "\n");
  }

  List<String> failures() {
    return List.copyOf(failures.values());
  }

  long current() {
    return current;
  }

  long cpuStart() {
    return cpuStart;
  }

  long wallStart() {
    return wallStart;
  }

  boolean isReading() {
    return reading;
  }

  /** Processor time in all, once it has ended. */
  long cpuNanos() {
    return cpu;
  }

  long read() {
    return read;
  }

  long refused() {
    return refused;
  }
}
