package org.dpfed.faults;

/** Ends a life: nothing that the program does afterwards reaches the disk. */
public final class PowerCut extends Error {
  private static final long serialVersionUID = 1L;

  PowerCut() {
    super("the machine stopped");
  }
}
