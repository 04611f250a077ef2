package org.dpfed.dl4j;

import org.dpfed.federated.ModelEvaluation;

/**
 * How a model with personal layers does on clients that took no part in training. No guarantee
 * covers them.
 *
 * @param clients how many were evaluated, at least 1
 * @param leftOut how many had a single example and were left out
 * @param personal metrics after each client has trained its personal layers on half of its
 *     examples, over the other halves of all clients together
 * @param global the same of the same examples, with the initial values of the personal layers
 */
public record PersonalEvaluation(
    int clients, int leftOut, ModelEvaluation personal, ModelEvaluation global) {}
