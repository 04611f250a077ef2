package org.dpfed;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the rooms of this module. */
@AnalyzeClasses(
    packages = {"org.dpfed.models", "org.dpfed.data"},
    importOptions = ImportOption.DoNotIncludeTests.class)
class ModelsArchitectureTest {
  @ArchTest
  static final ArchRule modelsAndDataDoNotKnowEachOther =
      noClasses()
          .that()
          .resideInAPackage("org.dpfed.models..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.dpfed.data..");

  @ArchTest
  static final ArchRule dataDoesNotKnowHowItIsUsed =
      noClasses()
          .that()
          .resideInAPackage("org.dpfed.data")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.dpfed.data.partition..", "org.dpfed.models..", "org.dpfed.federated..");

  @ArchTest
  static final ArchRule ofTheCoreOnlyThePopulationIsKnown =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.dpfed.accounting..",
              "org.dpfed.mechanism..",
              "org.dpfed.kernel..",
              "org.dpfed.ledger..",
              "org.dpfed.dl4j..");

  @ArchTest
  static final ArchRule roomsAreFreeOfCycles =
      slices().matching("org.dpfed.(**)").should().beFreeOfCycles();
}
