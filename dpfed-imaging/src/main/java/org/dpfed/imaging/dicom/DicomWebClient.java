package org.dpfed.imaging.dicom;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds and reads instances on a DICOMweb server (Part 18: QIDO-RS and WADO-RS). It asks for
 * Explicit VR Little Endian, so that the server decompresses. Redirects are not followed: they
 * could lead credentials elsewhere. A call that takes longer than 100 timeouts of the server, or
 * finds or reads more than 100,000 series or instances, is refused. Safe for use by several
 * threads.
 *
 * <p>Methods throw {@link DicomException} for every answer that cannot be used, in one line with
 * the server's address, without what it sent and without identifiers.
 */
public final class DicomWebClient {
  private static final String JSON = "application/dicom+json";
  private static final String INSTANCES =
      "multipart/related; type=\"application/dicom\"; transfer-syntax="
          + TransferSyntax.EXPLICIT_LITTLE.uid();

  private static final int PAGE = 1000;

  /** Series or instances of one call. */
  private static final int MOST = 100_000;

  private static final int LARGEST_ANSWER = 1 << 26;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final DicomWebServer server;
  private final HttpExchange http;

  /** A client of a server; connects when asked for something. */
  public DicomWebClient(DicomWebServer server) {
    this.server = server;
    this.http = new HttpExchange(server);
  }

  /**
   * A series on the server.
   *
   * @param studyUid of its study
   * @param seriesUid of the series
   */
  public record Series(String studyUid, String seriesUid) {
    /**
     * Checks it.
     *
     * @throws IllegalArgumentException when one is not digits and dots, up to 64 of them
     */
    public Series {
      requireUid(studyUid);
      requireUid(seriesUid);
    }

    /** Shows no identifier. */
    @Override
    public String toString() {
      return "series";
    }
  }

  /** Gets instances while they arrive. */
  @FunctionalInterface
  public interface Receiver {
    /** Takes one instance, whose content is in memory. */
    void accept(DicomFile file) throws IOException;
  }

  private static String requireUid(String uid) {
    if (!uid.matches("[0-9.]{1,64}")) {
      throw new IllegalArgumentException("a UID is 1 to 64 digits and dots");
    }
    return uid;
  }

  /**
   * The series that match (QIDO-RS), in the server's order.
   *
   * @param matching attributes by keyword, such as {@code Modality}, and the value that they must
   *     have; empty for all series. What the server's answer shows of them is compared; what it
   *     does not show, {@link SeriesQuery#requireMatch} compares with an instance
   * @throws IllegalArgumentException when an attribute is none that can be compared
   */
  public List<Series> series(Map<String, String> matching) throws IOException {
    SeriesQuery asked = SeriesQuery.of(matching);
    StringBuilder query = new StringBuilder();
    matching.forEach(
        (attribute, value) ->
            query.append('&').append(encoded(attribute)).append('=').append(encoded(value)));
    return search(
        "/series",
        query.toString(),
        found -> {
          Series series = new Series(value(found, Tag.STUDY_UID), value(found, Tag.SERIES_UID));
          asked.requireMatch(server.toString(), found);
          return series;
        });
  }

  /** The SOP Instance UIDs of a series (QIDO-RS), in the server's order. */
  public List<String> instances(Series series) throws IOException {
    return search(
        path(series) + "/instances", "", found -> requireUid(value(found, Tag.INSTANCE_UID)));
  }

  /** Reads one of what a server found. */
  @FunctionalInterface
  private interface Reader<T> {
    T read(JsonNode found) throws DicomException;
  }

  private <T> List<T> search(String path, String query, Reader<T> reader) throws IOException {
    Set<T> found = new LinkedHashSet<>();
    Deadline deadline = Deadline.of(server);
    int before = -1;
    boolean isCut = false;
    // A server may send fewer than asked for, or all at once whatever was asked for.
    while (found.size() > before) {
      before = found.size();
      Page page = page(path + "?limit=" + PAGE + "&offset=" + before + query, deadline);
      for (JsonNode one : page.found()) {
        try {
          found.add(reader.read(one));
        } catch (IllegalArgumentException e) {
          throw error("sends identifiers that are none");
        }
      }
      if (found.size() > MOST) {
        throw error("finds more than " + MOST + ", the most of one call: narrow the search");
      }
      // A page that warns of more is followed by one that has more, or the list is cut short.
      isCut = page.warned() || (isCut && found.size() == before);
    }
    if (isCut) {
      throw error("warns that its list is not complete (299): narrow the search");
    }
    return List.copyOf(found);
  }

  private static String path(Series series) {
    return "/studies/" + series.studyUid() + "/series/" + series.seriesUid();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String value(JsonNode instance, Tag tag) {
    return instance.path("%08X".formatted(tag.number())).path("Value").path(0).asText();
  }

  private record Page(List<JsonNode> found, boolean warned) {}

  private Page page(String query, Deadline deadline) throws IOException {
    List<JsonNode> found = new ArrayList<>();
    try (HttpExchange.Answer answer = http.get(query, JSON, deadline)) {
      if (answer.status() == HttpExchange.NO_CONTENT) {
        return new Page(found, answer.warned());
      }
      byte[] body = answer.body().readNBytes(LARGEST_ANSWER + 1);
      if (body.length > LARGEST_ANSWER) {
        throw error("sends too long a list: ask for less at once");
      }
      JsonNode list = MAPPER.readTree(body);
      if (!list.isArray()) {
        throw error("does not send a list of what it found");
      }
      list.forEach(found::add);
      return new Page(found, answer.warned());
    } catch (JsonProcessingException e) {
      throw error("does not send JSON");
    }
  }

  /**
   * All instances of a series (WADO-RS), each handed over as it arrives. Errors name them by their
   * number in the answer, from 1. An instance of another study or series is refused. What the
   * receiver does counts as time of the call.
   *
   * @return how many there were
   */
  public int retrieve(Series series, Receiver receiver) throws IOException {
    return retrieve(series, server.toString(), receiver);
  }

  /**
   * As {@link #retrieve(Series, Receiver)}.
   *
   * @param name of the series in errors, without identifiers
   */
  public int retrieve(Series series, String name, Receiver receiver) throws IOException {
    return retrieve(path(series), series, name, receiver);
  }

  /**
   * One instance of a series (WADO-RS).
   *
   * @param instanceUid one of {@link #instances}
   * @throws IllegalArgumentException when it is not digits and dots, up to 64 of them
   */
  public DicomFile retrieve(Series series, String instanceUid) throws IOException {
    List<DicomFile> files = new ArrayList<>();
    retrieve(
        path(series) + "/instances/" + requireUid(instanceUid),
        series,
        server.toString(),
        files::add);
    if (files.size() != 1) {
      throw error("does not send the one instance that it was asked for");
    }
    DicomFile file = files.get(0);
    requireAsked(file, Tag.INSTANCE_UID, instanceUid);
    return file;
  }

  private int retrieve(String path, Series series, String name, Receiver receiver)
      throws IOException {
    try (HttpExchange.Answer answer = http.get(path, INSTANCES, Deadline.of(server))) {
      String boundary = Multipart.boundary(server.toString(), answer.contentType());
      Multipart parts =
          new Multipart(server.toString(), answer.body(), boundary, server.largestInstance());
      int count = 0;
      while (parts.next()) {
        count++;
        if (count > MOST) {
          throw error("sends more than " + MOST + " instances, the most of one call");
        }
        DicomFile file = DicomFile.of(name + ", instance " + count, parts.content());
        requireAsked(file, Tag.STUDY_UID, series.studyUid());
        requireAsked(file, Tag.SERIES_UID, series.seriesUid());
        receiver.accept(file);
      }
      return count;
    }
  }

  private static void requireAsked(DicomFile file, Tag tag, String uid) throws DicomException {
    if (!file.ascii(tag).equals(Optional.of(uid))) {
      throw new DicomException(
          file.toString(), tag, "is not the one that the server was asked for");
    }
  }

  private DicomException error(String problem) {
    return new DicomException(server.toString(), problem);
  }

  /** The server's address alone. */
  @Override
  public String toString() {
    return server.toString();
  }
}
