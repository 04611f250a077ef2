package org.dpfed.dl4j;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies of network configurations that share nothing. DL4J's own {@code clone()} leaves loss and
 * activation functions, updaters, and what wrapper layers hold in common, and some of these keep
 * arrays of the batch in work: dropout its mask, RReLU its slopes.
 */
final class ConfigurationCopy {
  private ConfigurationCopy() {}

  /**
   * A copy by Java serialization, which every part of a configuration supports.
   *
   * @throws IllegalArgumentException when a class of the user's own does not support it
   */
  static <T extends Serializable> T of(T configuration) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(configuration);
    } catch (NotSerializableException e) {
      throw new IllegalArgumentException(
          "the network's configuration holds a %s, which cannot be copied for each worker; make the class Serializable"
              .formatted(e.getMessage()),
          e);
    } catch (IOException e) {
      throw new IllegalArgumentException("the network's configuration cannot be copied: " + e, e);
    }
    try (ObjectInputStream in = new Input(new ByteArrayInputStream(bytes.toByteArray()))) {
      @SuppressWarnings("unchecked")
      T copy = (T) in.readObject();
      return copy;
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalArgumentException("the network's configuration cannot be copied: " + e, e);
    }
  }

  /** All parts of a configuration that are of a type, wherever they are held. */
  static <T> List<T> parts(Serializable configuration, Class<T> type) {
    List<T> found = new ArrayList<>();
    try (ObjectOutputStream out =
        new ObjectOutputStream(OutputStream.nullOutputStream()) {
          {
            enableReplaceObject(true);
          }

          @Override
          protected Object replaceObject(Object part) {
            if (type.isInstance(part)) {
              found.add(type.cast(part));
            }
            return part;
          }
        }) {
      out.writeObject(configuration);
    } catch (IOException e) {
      throw new IllegalArgumentException("the network's configuration cannot be read: " + e, e);
    }
    return found;
  }

  /** Finds a user's own classes where the calling thread does. */
  private static final class Input extends ObjectInputStream {
    Input(InputStream in) throws IOException {
      super(in);
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(
            description.getName(), false, Thread.currentThread().getContextClassLoader());
      } catch (ClassNotFoundException e) {
        return super.resolveClass(description);
      }
    }
  }
}
