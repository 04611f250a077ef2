package org.dpfed.imaging.dicom;

import java.util.List;

/** A direction or place in the patient, in millimetres. */
record Vector(double x, double y, double z) {
  /** Three of the numbers, from {@code first} on. */
  static Vector of(List<Double> numbers, int first) {
    return new Vector(numbers.get(first), numbers.get(first + 1), numbers.get(first + 2));
  }

  double dot(Vector other) {
    return x * other.x + y * other.y + z * other.z;
  }

  Vector cross(Vector other) {
    return new Vector(
        y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x);
  }

  Vector plus(double factor, Vector other) {
    return new Vector(x + factor * other.x, y + factor * other.y, z + factor * other.z);
  }

  double length() {
    return Math.sqrt(dot(this));
  }
}
