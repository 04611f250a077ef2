package org.dpfed.imaging.dicom;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The reader stands alone: it knows images, Java and a JSON parser, and no training. */
@AnalyzeClasses(
    packages = "org.dpfed.imaging.dicom",
    importOptions = ImportOption.DoNotIncludeTests.class)
class DicomArchitectureTest {
  @ArchTest
  static final ArchRule dicomKnowsImagesAlone =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "org.dpfed.imaging",
              "org.dpfed.imaging.dicom",
              "java..",
              "javax.crypto..",
              "javax.net.ssl",
              "com.fasterxml.jackson..",
              "org.jspecify.annotations");
}
