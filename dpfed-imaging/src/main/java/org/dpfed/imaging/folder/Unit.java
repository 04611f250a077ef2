package org.dpfed.imaging.folder;

/** What one client of an image folder is. */
public enum Unit {
  /** One site, with all images of all its patients. */
  SITE,
  /** One patient's folder at one site. */
  PATIENT
}
