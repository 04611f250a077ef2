package org.dpfed;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** The arrows between the rooms of the library, as docs/architecture.md draws them. */
@AnalyzeClasses(packages = "org.dpfed", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureRulesTest {
  @ArchTest
  static final ArchRule ARROWS_POINT_ONE_WAY =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("accounting")
          .definedBy("org.dpfed.accounting..")
          .layer("nativememory")
          .definedBy("org.dpfed.nativememory..")
          .layer("kernel")
          .definedBy("org.dpfed.kernel..")
          .layer("mechanism")
          .definedBy("org.dpfed.mechanism..")
          .layer("ledger")
          .definedBy("org.dpfed.ledger..")
          .layer("federated")
          .definedBy("org.dpfed.federated..")
          .layer("dl4j")
          .definedBy("org.dpfed.dl4j..")
          .whereLayer("accounting")
          .mayNotAccessAnyLayer()
          .whereLayer("nativememory")
          .mayNotAccessAnyLayer()
          .whereLayer("kernel")
          .mayOnlyAccessLayers("nativememory")
          .whereLayer("mechanism")
          .mayOnlyAccessLayers("accounting", "kernel", "nativememory")
          .whereLayer("ledger")
          .mayOnlyAccessLayers("accounting")
          .whereLayer("federated")
          .mayOnlyAccessLayers("accounting", "kernel", "mechanism", "ledger", "nativememory")
          .whereLayer("dl4j")
          .mayOnlyAccessLayers("federated", "nativememory");

  @ArchTest
  static final ArchRule ACCOUNTING_IS_PURE_JAVA =
      ArchRuleDefinition.noClasses()
          .that()
          .resideInAPackage("org.dpfed.accounting..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.nd4j..", "org.deeplearning4j..", "org.slf4j..");

  @ArchTest
  static final ArchRule ONLY_ACCOUNTING_KNOWS_ITS_NUMERICS =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackage("org.dpfed.accounting..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.dpfed.accounting.pld..", "org.dpfed.accounting.numerics..");

  @ArchTest
  static final ArchRule PLD_KNOWS_NUMERICS_ALONE =
      ArchRuleDefinition.noClasses()
          .that()
          .resideInAPackage("org.dpfed.accounting.pld..")
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.resideInAPackage("org.dpfed..")
                  .and(
                      JavaClass.Predicates.resideOutsideOfPackages(
                          "org.dpfed.accounting.pld..", "org.dpfed.accounting.numerics..")));

  @ArchTest
  static final ArchRule NUMERICS_KNOWS_NOTHING_OF_DPFED =
      ArchRuleDefinition.noClasses()
          .that()
          .resideInAPackage("org.dpfed.accounting.numerics..")
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.resideInAPackage("org.dpfed..")
                  .and(
                      JavaClass.Predicates.resideOutsideOfPackage(
                          "org.dpfed.accounting.numerics..")));

  @ArchTest
  static final ArchRule ONLY_THE_TRAINING_ROOM_KNOWS_DL4J =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackage("org.dpfed.dl4j..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.deeplearning4j..");

  @ArchTest
  static final ArchRule ONE_PACKAGE_MAKES_POINTERS =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackage("org.dpfed.nativememory..")
          .should()
          .beAssignableTo("org.bytedeco.javacpp.Pointer");

  @ArchTest
  static final ArchRule NO_CYCLES =
      SlicesRuleDefinition.slices().matching("org.dpfed.(*)..").should().beFreeOfCycles();
}
