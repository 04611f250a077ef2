package org.dpfed.cli.accounting;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.dpfed.cli.UsageException;

/**
 * The forms that an option chooses from. An option that another form accepts, but not the chosen
 * one, is refused.
 *
 * @param flag the option that names the form
 * @param forms in the order of the help; where a name has several, the options given choose
 */
record Choice<T>(Flag flag, List<Form<T>> forms) {
  Choice {
    forms = List.copyOf(forms);
  }

  /** Every option that some form takes. */
  Set<Flag> flags() {
    Set<Flag> all = EnumSet.noneOf(Flag.class);
    forms.forEach(
        form -> {
          all.addAll(form.needs());
          all.addAll(form.allows());
        });
    return all;
  }

  /** The names to choose from. */
  List<String> names() {
    return forms.stream().map(Form::name).distinct().toList();
  }

  /** The names of the forms that take an option. */
  List<String> namesTaking(Flag flag) {
    return forms.stream().filter(form -> form.takes(flag)).map(Form::name).distinct().toList();
  }

  /**
   * What the form of that name makes of the options.
   *
   * @throws UsageException when there is no such name, an option has no effect on this form, or one
   *     that it needs is missing
   */
  T make(String name, OptionValues options) {
    return form(name, options).make().apply(options);
  }

  private Form<T> form(String name, OptionValues options) {
    List<Form<T>> candidates = forms.stream().filter(form -> form.name().equals(name)).toList();
    if (candidates.isEmpty()) {
      throw new UsageException(
          "%s must be one of %s, was '%s'"
              .formatted(options.label(flag), String.join(", ", names()), name));
    }
    Form<T> form =
        candidates.stream()
            .min(
                Comparator.<Form<T>>comparingInt(each -> withoutEffect(each, options).size())
                    .thenComparingInt(each -> each.missing(options).size()))
            .orElseThrow();
    List<Flag> vain = withoutEffect(form, options);
    if (!vain.isEmpty()) {
      throw refusal(vain, form, candidates, options);
    }
    for (Flag missing : form.missing(options)) {
      boolean always = candidates.stream().allMatch(each -> each.needs().contains(missing));
      throw new UsageException(
          "%s is missing; %s"
              .formatted(
                  options.label(missing),
                  always
                      ? chosen(name, options) + " needs it"
                      : alternatives(candidates, options)));
    }
    return form;
  }

  private List<Flag> withoutEffect(Form<T> form, OptionValues options) {
    List<Flag> vain = new ArrayList<>(options.texts().keySet());
    vain.retainAll(flags());
    vain.removeIf(form::takes);
    return vain;
  }

  private UsageException refusal(
      List<Flag> vain, Form<T> form, List<Form<T>> candidates, OptionValues options) {
    for (Flag each : vain) {
      if (candidates.stream().noneMatch(other -> other.takes(each))) {
        return new UsageException(
            "%s has no effect with %s; leave it out, or choose %s %s"
                .formatted(
                    options.label(each),
                    chosen(form.name(), options),
                    options.label(flag),
                    oneOf(namesTaking(each))));
      }
    }
    // Each belongs to another form of this name, which some other option rules out.
    Flag first = vain.get(0);
    Form<T> other = candidates.stream().filter(each -> each.takes(first)).findFirst().orElseThrow();
    Flag second =
        options.texts().keySet().stream()
            .filter(given -> form.takes(given) && !other.takes(given))
            .findFirst()
            .orElseThrow();
    return new UsageException(
        "%s and %s cannot be given together; %s"
            .formatted(
                options.label(first), options.label(second), alternatives(candidates, options)));
  }

  /** What tells the forms of one name apart, such as {@code --a, or --b and --c}. */
  private String alternatives(List<Form<T>> candidates, OptionValues options) {
    Set<Flag> common = EnumSet.allOf(Flag.class);
    candidates.forEach(form -> common.retainAll(form.needs()));
    List<String> usages =
        candidates.stream()
            .map(
                form ->
                    form.needs().stream()
                        .filter(flag -> !common.contains(flag))
                        .map(options::label)
                        .collect(Collectors.joining(" and ")))
            .toList();
    return chosen(candidates.get(0).name(), options) + " needs " + String.join(", or ", usages);
  }

  /** Such as {@code --mechanism tree}. */
  private String chosen(String name, OptionValues options) {
    return options.label(flag) + " " + name;
  }

  static String oneOf(List<String> names) {
    int last = names.size() - 1;
    return last == 0
        ? names.get(0)
        : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
  }
}
