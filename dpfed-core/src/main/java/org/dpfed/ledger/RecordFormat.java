package org.dpfed.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.PlannedRun;

/**
 * The lines of a ledger: one JSON object each, which ends with {@code previous}, the hash of the
 * record before, and {@code sha256}, the SHA-256 of all of its own bytes before that field.
 *
 * <p>Files are in UTF-8. A line is a string with one character for each byte, since a torn one may
 * end within a character.
 */
final class RecordFormat {
  /** The newest format that this version reads, and the one that it writes. */
  static final int VERSION = 1;

  /** What stands for the hash of the record before the first. */
  static final String NO_HASH = "0".repeat(64);

  /** Ends a line of which only the beginning was written. */
  static final String TORN = " <torn>";

  private static final String BESIDE = "beside";

  private static final List<String> TYPES = List.of("ledger", "run", "charge", "resume", "note");

  private static final Pattern SEALED =
      Pattern.compile("(?s)(.*),\"sha256\":\"([0-9a-f]{64})\"\\}");

  /**
   * What a machine that loses power may leave of the bytes after a torn beginning. Possessive, so
   * that a line of any length is matched without recursion.
   */
  private static final Pattern AFTER_TORN =
      Pattern.compile("\\x00*+( <torn>\\x00*+)*+( <torn| <tor| <to| <t| <| )?\\x00*+");

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final EventCodec codec = new EventCodec();

  /** The line of a record, without its end of line. */
  String line(LedgerRecord record, String previous) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("record", record.number());
    if (record instanceof LedgerRecord.Opened opened) {
      node.put("type", "ledger").put("time", opened.time().toString());
      node.put("format", opened.format());
    } else if (record instanceof LedgerRecord.Begun begun) {
      node.put("type", "run").put("time", begun.time().toString());
      node.put("run", begun.run()).set("plan", codec.writeRecord(begun.plan()));
      putBeside(node, begun.isBeside());
    } else if (record instanceof LedgerRecord.Charged charged) {
      node.put("type", "charge").put("time", charged.time().toString());
      node.put("run", charged.run()).put("round", charged.round());
      node.set("event", event(charged));
      node.put("release", charged.release());
    } else if (record instanceof LedgerRecord.Resumed resumed) {
      node.put("type", "resume").put("time", resumed.time().toString());
      node.put("run", resumed.run()).put("round", resumed.round()).put("rounds", resumed.rounds());
      putBeside(node, resumed.isBeside());
    } else if (record instanceof LedgerRecord.Noted noted) {
      node.put("type", "note").put("time", noted.time().toString());
      node.put("run", noted.run()).put("text", noted.text());
    } else {
      throw new IllegalArgumentException("nobody writes a torn record: " + record);
    }
    String open = new String(utf8(node.put("previous", previous)), StandardCharsets.ISO_8859_1);
    String content = open.substring(0, open.length() - 1);
    return content + ",\"sha256\":\"" + sha256(content) + "\"}";
  }

  private static void putBeside(ObjectNode node, boolean isBeside) {
    if (isBeside) {
      node.put(BESIDE, true);
    }
  }

  private static byte[] utf8(ObjectNode node) {
    try {
      return JSON.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "record %s cannot be written: %s".formatted(node.path("record"), e.getOriginalMessage()),
          e);
    }
  }

  /** A round of a run that only has a cost as a whole names the run, which has its own record. */
  private ObjectNode event(LedgerRecord.Charged charged) {
    if (charged.event() instanceof DpEvent.RoundOf part) {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      return node.put("type", "RoundOf").put("run", charged.run()).put("round", part.round());
    }
    return codec.write(charged.event());
  }

  /** Whether a line ends as every whole record does, whatever stands in it. */
  static boolean isWhole(String line) {
    return SEALED.matcher(line).matches();
  }

  /** Whether the beginning of a record can have been left like this. */
  static boolean isTorn(String line, long number) {
    String start = "{\"record\":%d,\"type\":\"".formatted(number);
    int same = 0;
    while (same < Math.min(start.length(), line.length())
        && start.charAt(same) == line.charAt(same)) {
      same++;
    }
    return same == start.length()
        ? TYPES.stream().anyMatch(type -> starts(line.substring(start.length()), type + "\""))
        : AFTER_TORN.matcher(line.substring(same)).matches();
  }

  private static boolean starts(String rest, String type) {
    int same = 0;
    while (same < Math.min(rest.length(), type.length())
        && rest.charAt(same) == type.charAt(same)) {
      same++;
    }
    return same == type.length() || AFTER_TORN.matcher(rest.substring(same)).matches();
  }

  /** Whether enough of a torn line is left to know that it was no charge. */
  static boolean isNoCharge(String line, long number) {
    String start = "{\"record\":%d,\"type\":\"".formatted(number);
    return TYPES.stream()
        .filter(type -> !type.equals("charge"))
        .anyMatch(type -> line.startsWith(start + type + "\""));
  }

  /** The hash of a line, which the next record repeats. */
  static String hash(String line, String previous) {
    Matcher sealed = SEALED.matcher(line);
    return sealed.matches() ? sealed.group(2) : sha256(previous + "\n" + line);
  }

  /**
   * The record of a whole line.
   *
   * @param runs the runs that earlier records began, with the rounds that they plan now
   * @throws IllegalArgumentException when it is not as it was written; the message says why
   */
  LedgerRecord read(String line, long number, String previous, Map<Integer, PlannedRun> runs) {
    JsonNode node = parsed(line);
    if (node.path("type").asText().equals("ledger") && node.path("format").asInt() > VERSION) {
      throw new IllegalArgumentException(
          "format %s was written by a newer dpfed, this one reads up to %d; use the newer one"
              .formatted(node.path("format"), VERSION));
    }
    requireIntact(line, node, number, previous);
    Instant time = time(node);
    return switch (node.path("type").asText()) {
      case "ledger" -> new LedgerRecord.Opened(number, time, integer(node, "format", 1, VERSION));
      case "run" ->
          new LedgerRecord.Begun(
              number,
              time,
              integer(node, "run", 1, Integer.MAX_VALUE),
              codec.readRecord(PlannedRun.class, node.path("plan")),
              node.path(BESIDE).asBoolean());
      case "resume" -> {
        int run = integer(node, "run", 1, Integer.MAX_VALUE);
        PlannedRun plan = begun(runs, run);
        int round = integer(node, "round", 0, Integer.MAX_VALUE);
        int rounds = integer(node, "rounds", 1, Integer.MAX_VALUE);
        boolean isPlanned = plan.isAccountedAsAWhole() ? rounds == plan.rounds() : rounds >= round;
        if (!isPlanned) {
          throw new IllegalArgumentException(
              "run %d cannot go on after round %d of %d".formatted(run, round, rounds));
        }
        yield new LedgerRecord.Resumed(
            number, time, run, round, rounds, node.path(BESIDE).asBoolean());
      }
      case "note" -> {
        int run = integer(node, "run", 1, Integer.MAX_VALUE);
        begun(runs, run);
        yield new LedgerRecord.Noted(number, time, run, text(node, "text"));
      }
      case "charge" -> {
        int run = integer(node, "run", 1, Integer.MAX_VALUE);
        PlannedRun plan = begun(runs, run);
        int round = integer(node, "round", 1, plan.rounds());
        DpEvent event = event(node.path("event"), run, plan);
        if (event instanceof DpEvent.RoundOf part && part.round() != round - 1) {
          throw new IllegalArgumentException(
              "its event is not that of round %d of run %d".formatted(round, run));
        }
        yield new LedgerRecord.Charged(number, time, run, round, event, text(node, "release"));
      }
      default -> throw new IllegalArgumentException("unknown type " + node.path("type"));
    };
  }

  private static PlannedRun begun(Map<Integer, PlannedRun> runs, int run) {
    PlannedRun plan = runs.get(run);
    if (plan == null) {
      throw new IllegalArgumentException("no record began run " + run);
    }
    return plan;
  }

  /** A field that is no such integer must not count as 0: it says what was spent. */
  private static int integer(JsonNode node, String field, int least, int most) {
    JsonNode value = node.path(field);
    if (!value.isInt() || value.intValue() < least || value.intValue() > most) {
      throw new IllegalArgumentException(
          "%s must be an integer from %d to %d".formatted(field, least, most));
    }
    return value.intValue();
  }

  private static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(field + " must be a text");
    }
    return value.textValue();
  }

  private static JsonNode parsed(String line) {
    try {
      return JSON.readTree(line.getBytes(StandardCharsets.ISO_8859_1));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("it is no record: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("it is no record: " + e.getMessage(), e);
    }
  }

  private static void requireIntact(String line, JsonNode node, long number, String previous) {
    Matcher sealed = SEALED.matcher(line);
    if (!sealed.matches()) {
      throw new IllegalArgumentException("it has lost its end");
    } else if (!sha256(sealed.group(1)).equals(sealed.group(2))) {
      throw new IllegalArgumentException("it was changed: its sha256 does not match");
    } else if (!node.path("record").isIntegralNumber() || node.path("record").asLong() != number) {
      throw new IllegalArgumentException(
          "it is numbered %s: records were moved, doubled or taken out"
              .formatted(node.path("record")));
    } else if (!node.path("previous").asText().equals(previous)) {
      throw new IllegalArgumentException(
          "it does not follow the record before, whose sha256 is " + previous);
    }
  }

  private static Instant time(JsonNode node) {
    try {
      return Instant.parse(node.path("time").asText());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("time: " + e.getMessage(), e);
    }
  }

  private DpEvent event(JsonNode node, int run, PlannedRun plan) {
    if (!node.path("type").asText().equals("RoundOf")) {
      return codec.read(node);
    }
    if (integer(node, "run", 1, Integer.MAX_VALUE) != run
        || !(plan.firstRound() instanceof DpEvent.RoundOf)) {
      throw new IllegalArgumentException("its event is not a round of run " + run);
    }
    return plan.event(integer(node, "round", 0, plan.rounds() - 1));
  }

  private static String sha256(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
