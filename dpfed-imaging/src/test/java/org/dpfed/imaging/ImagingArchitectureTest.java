package org.dpfed.imaging;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the rooms of this module: readers on one side, networks on the other. */
@AnalyzeClasses(
    packages = "org.dpfed.imaging",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ImagingArchitectureTest {
  private static final String[] READERS = {
    "org.dpfed.imaging.dicom..",
    "org.dpfed.imaging.nifti..",
    "org.dpfed.imaging.medmnist..",
    "org.dpfed.imaging.folder..",
    "org.dpfed.imaging.volume..",
    "org.dpfed.imaging.data.."
  };

  private static final String[] NETWORKS = {
    "org.dpfed.imaging.networks..", "org.dpfed.imaging.losses..", "org.dpfed.imaging.layers.."
  };

  @ArchTest
  static final ArchRule readersDoNotKnowNetworks =
      noClasses()
          .that()
          .resideInAnyPackage(READERS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(NETWORKS);

  @ArchTest
  static final ArchRule networksDoNotKnowReadersOrRows =
      noClasses()
          .that()
          .resideInAnyPackage(NETWORKS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(READERS)
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage("org.dpfed.imaging", "org.dpfed.data..");

  @ArchTest
  static final ArchRule theImageKnowsNobody =
      noClasses()
          .that()
          .resideInAPackage("org.dpfed.imaging")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.dpfed.imaging.(**)");

  @ArchTest
  static final ArchRule layersAndLossesStandAlone =
      noClasses()
          .that()
          .resideInAnyPackage("org.dpfed.imaging.layers..", "org.dpfed.imaging.losses..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.dpfed.imaging.networks..");

  @ArchTest
  static final ArchRule ofTheCoreOnlyThePopulationTheMemoryAndTheSeamForLayersAreKnown =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.dpfed.accounting..",
              "org.dpfed.mechanism..",
              "org.dpfed.kernel..",
              "org.dpfed.ledger..",
              "org.dpfed.dl4j",
              "org.dpfed.dl4j.internal..",
              "org.dpfed.models..");

  @ArchTest
  static final ArchRule roomsAreFreeOfCycles =
      slices().matching("org.dpfed.imaging.(*)..").should().beFreeOfCycles();
}
