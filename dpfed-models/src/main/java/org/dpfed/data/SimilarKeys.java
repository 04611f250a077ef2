package org.dpfed.data;

/**
 * What to do with keys that differ in form only: in case, blanks, kinds of dashes, or Unicode
 * characters that look alike. Numbers need no choice: keys that are equal as numbers are one key.
 */
public enum SimilarKeys {
  /** The file is refused; the message names the two lines. */
  REFUSE,
  /** They are one client. Right when the same client was typed in several ways; always safe. */
  JOIN,
  /** They are different clients. The guarantee then assumes that no client has two such keys. */
  DISTINCT
}
