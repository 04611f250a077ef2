package org.dpfed.data;

import java.io.IOException;

/**
 * A file does not match its format or its schema. The message says where (file, line, column) and
 * what was expected. It never quotes the content: no value, key, label or header cell, since a
 * supposed header may be a record.
 */
public final class MalformedDataException extends IOException {
  private static final long serialVersionUID = 1L;

  private MalformedDataException(String message) {
    super(message);
  }

  /** A place in {@code file}: the file as a whole, until a line is named. */
  public static Place in(String file) {
    return new Place(file, "");
  }

  /**
   * Where something is wrong.
   *
   * @param file its name
   * @param position within the file, such as {@code line 3}; empty for the whole
   */
  public record Place(String file, String position) {
    /**
     * A line of it.
     *
     * @param number counted from 1
     */
    public Place line(long number) {
      return new Place(file, "line " + number);
    }

    /**
     * A character of it.
     *
     * @param number of the character within its line, counted from 1
     */
    public Place character(long number) {
      return new Place(file, position + ", character " + number);
    }

    /**
     * A column of it.
     *
     * @param column such as {@code column 2 of 5 (age)}
     */
    public Place column(String column) {
      return new Place(file, position + ", " + column);
    }

    /**
     * What is wrong there.
     *
     * @param problem what was expected; no text that was read from the file
     */
    public MalformedDataException problem(String problem) {
      return new MalformedDataException(
          file + ": " + (position.isEmpty() ? "" : position + ": ") + problem);
    }
  }
}
