package org.dpfed.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;

/**
 * Events as JSON and back, without loss: {@code {"type": "Gaussian", "noiseMultiplier": 1.0}}. The
 * type is the name of the event's record, the fields are its components. Doubles come back bit for
 * bit.
 *
 * <p>Reading refuses what was not written so: unknown types, unknown or missing fields, values of
 * another kind or out of the event's bounds.
 */
public final class EventCodec {
  private static final String TYPE = "type";

  private final Map<String, Class<? extends Record>> events = new TreeMap<>();

  /** A codec of every event. */
  public EventCodec() {
    collect(DpEvent.class);
  }

  private void collect(Class<?> family) {
    for (Class<?> member : family.getPermittedSubclasses()) {
      if (member.isRecord()) {
        events.put(member.getSimpleName(), member.asSubclass(Record.class));
      } else {
        collect(member);
      }
    }
  }

  /** The event as a JSON object. */
  public ObjectNode write(DpEvent event) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put(TYPE, event.getClass().getSimpleName());
    return putFields((Record) event, node);
  }

  /** A record that is no event, without its type. */
  ObjectNode writeRecord(Record value) {
    return putFields(value, JsonNodeFactory.instance.objectNode());
  }

  private ObjectNode putFields(Record value, ObjectNode node) {
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      try {
        node.set(component.getName(), json(component.getAccessor().invoke(value)));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException(component + " cannot be read", e);
      }
    }
    return node;
  }

  private JsonNode json(Object value) {
    if (value instanceof Double number) {
      if (!Double.isFinite(number)) {
        throw new IllegalArgumentException("only finite numbers are recorded, was " + number);
      }
      return DoubleNode.valueOf(number);
    } else if (value instanceof Integer number) {
      return IntNode.valueOf(number);
    } else if (value instanceof Long number) {
      return LongNode.valueOf(number);
    } else if (value instanceof String || value instanceof NeighbouringRelation) {
      return TextNode.valueOf(value.toString());
    } else if (value instanceof DpEvent event) {
      return write(event);
    } else if (value instanceof Record fields) {
      return writeRecord(fields);
    } else if (value instanceof List<?> list) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode(list.size());
      list.forEach(element -> array.add(json(element)));
      return array;
    }
    throw new IllegalStateException("no way to record " + value.getClass());
  }

  /**
   * The event that {@link #write} wrote.
   *
   * @throws IllegalArgumentException when it is none; the message names type and field
   */
  public DpEvent read(JsonNode node) {
    String type = node.path(TYPE).asText();
    Class<? extends Record> event = events.get(type);
    if (event == null) {
      throw new IllegalArgumentException(
          "an event's type must be one of %s, was '%s'; a newer dpfed may know it"
              .formatted(String.join(", ", events.keySet()), type));
    }
    return (DpEvent) read(event, node, Set.of(TYPE));
  }

  /** The record that {@link #writeRecord} wrote. */
  <T extends Record> T readRecord(Class<T> type, JsonNode node) {
    return type.cast(read(type, node, Set.of()));
  }

  private Record read(Class<? extends Record> type, JsonNode node, Set<String> others) {
    String name = type.getSimpleName();
    if (!node.isObject()) {
      throw new IllegalArgumentException(name + " must be an object, was " + node.getNodeType());
    }
    Set<String> unknown = new HashSet<>();
    node.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(others);
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < values.length; i++) {
      String field = components[i].getName();
      unknown.remove(field);
      types[i] = components[i].getType();
      values[i] = value(components[i].getGenericType(), node.path(field), name + "." + field);
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(name + " has no field " + String.join(", ", unknown));
    }
    return construct(type, types, values);
  }

  private static Record construct(Class<? extends Record> type, Class<?>[] types, Object[] values) {
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          type.getSimpleName() + ": " + String.valueOf(e.getCause()), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " cannot be made", e);
    }
  }

  private Object value(Type type, JsonNode node, String name) {
    if (type == double.class || type == Double.class) {
      require(
          node.isNumber() && Double.isFinite(node.doubleValue()), "a finite number", node, name);
      return node.doubleValue();
    } else if (type == int.class || type == Integer.class) {
      require(node.isIntegralNumber() && node.canConvertToInt(), "a 32-bit integer", node, name);
      return node.intValue();
    } else if (type == long.class) {
      require(node.isIntegralNumber() && node.canConvertToLong(), "a 64-bit integer", node, name);
      return node.longValue();
    } else if (type == String.class) {
      require(node.isTextual(), "a text", node, name);
      return node.textValue();
    } else if (type == NeighbouringRelation.class) {
      return NeighbouringRelation.labelled(node.asText());
    } else if (type == DpEvent.class) {
      return read(node);
    } else if (type instanceof ParameterizedType list) {
      require(node.isArray(), "a list", node, name);
      List<Object> elements = new ArrayList<>(node.size());
      node.forEach(element -> elements.add(value(list.getActualTypeArguments()[0], element, name)));
      return elements;
    }
    return read(((Class<?>) type).asSubclass(Record.class), node, Set.of());
  }

  private static void require(boolean holds, String kind, JsonNode node, String name) {
    if (!holds) {
      String text = node.isMissingNode() ? "missing" : node.toString();
      throw new IllegalArgumentException(
          "%s must be %s, was %s"
              .formatted(name, kind, text.length() <= 80 ? text : text.substring(0, 80) + "…"));
    }
  }
}
