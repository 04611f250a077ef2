package org.dpfed.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.dpfed.accounting.Guarantee;

/** The JSON form of a guarantee, used by reports and by every command that prints JSON. */
public final class GuaranteeJson {
  private GuaranteeJson() {}

  /**
   * The guarantee as an object: summary, isPrivate, epsilon, delta, relation, unit, accountant and
   * assumptions. Without privacy epsilon is null and isPrivate false, since JSON has no infinity.
   */
  public static ObjectNode of(Guarantee guarantee) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("summary", guarantee.summary());
    putEpsilon(node, guarantee.epsilon());
    node.put("delta", guarantee.delta());
    node.put("relation", guarantee.relation().label());
    node.put("unit", guarantee.unit());
    node.put("accountant", guarantee.accountant());
    ArrayNode assumptions = node.putArray("assumptions");
    guarantee.assumptions().forEach(assumptions::add);
    return node;
  }

  /**
   * Adds isPrivate and epsilon, which is null where it is infinite.
   *
   * @param epsilon at least 0, possibly infinite
   */
  public static void putEpsilon(ObjectNode node, double epsilon) {
    boolean isPrivate = epsilon < Double.POSITIVE_INFINITY;
    node.put("isPrivate", isPrivate);
    if (isPrivate) {
      node.put("epsilon", epsilon);
    } else {
      node.putNull("epsilon");
    }
  }
}
