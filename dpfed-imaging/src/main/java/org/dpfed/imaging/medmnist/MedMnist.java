package org.dpfed.imaging.medmnist;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The 2-D data sets of MedMNIST v2 with one class for each image (Yang, Shi, Wei and others 2023,
 * <i>MedMNIST v2: A large-scale lightweight benchmark for 2D and 3D biomedical image
 * classification</i>, Scientific Data 10:41). Class names are the published ones, in the order of
 * the labels. Not included in dpfed; their authors publish the files at <a
 * href="https://medmnist.com">medmnist.com</a>.
 *
 * <p>Nothing in the files says which patient an image is of: a row is an image, and a guarantee for
 * one client of one row is for an image.
 */
public enum MedMnist {
  /** Tissue of colorectal cancer, stained; the test images are from another hospital. */
  PATH(
      Task.CLASSES,
      3,
      "CC BY 4.0",
      "adipose",
      "background",
      "debris",
      "lymphocytes",
      "mucus",
      "smooth muscle",
      "normal colon mucosa",
      "cancer-associated stroma",
      "colorectal adenocarcinoma epithelium"),
  /** Pigmented skin lesions, dermatoscopy. */
  DERMA(
      Task.CLASSES,
      3,
      "CC BY-NC 4.0",
      "actinic keratoses and intraepithelial carcinoma",
      "basal cell carcinoma",
      "benign keratosis-like lesions",
      "dermatofibroma",
      "melanoma",
      "melanocytic nevi",
      "vascular lesions"),
  /** Retinas, optical coherence tomography. */
  OCT(
      Task.CLASSES,
      1,
      "CC BY 4.0",
      "choroidal neovascularization",
      "diabetic macular edema",
      "drusen",
      "normal"),
  /** Chest X-rays of children. */
  PNEUMONIA(Task.TWO_CLASSES, 1, "CC BY 4.0", "normal", "pneumonia"),
  /** Fundus photographs; the classes are grades of diabetic retinopathy. */
  RETINA(Task.GRADES, 3, "CC BY 4.0", "0", "1", "2", "3", "4"),
  /** Breast ultrasound. */
  BREAST(Task.TWO_CLASSES, 1, "CC BY 4.0", "malignant", "normal, benign"),
  /** Blood cells, microscopy. */
  BLOOD(
      Task.CLASSES,
      3,
      "CC BY 4.0",
      "basophil",
      "eosinophil",
      "erythroblast",
      "immature granulocytes(myelocytes, metamyelocytes and promyelocytes)",
      "lymphocyte",
      "monocyte",
      "neutrophil",
      "platelet"),
  /** Cells of the kidney cortex, microscopy. */
  TISSUE(
      Task.CLASSES,
      1,
      "CC BY 4.0",
      "Collecting Duct, Connecting Tubule",
      "Distal Convoluted Tubule",
      "Glomerular endothelial cells",
      "Interstitial endothelial cells",
      "Leukocytes",
      "Podocytes",
      "Proximal Tubule Segments",
      "Thick Ascending Limb"),
  /** Organs in axial slices of abdominal CT. */
  ORGAN_A(Task.CLASSES, 1, "CC BY 4.0", Names.ORGANS),
  /** Organs in coronal slices of abdominal CT. */
  ORGAN_C(Task.CLASSES, 1, "CC BY 4.0", Names.ORGANS),
  /** Organs in sagittal slices of abdominal CT. */
  ORGAN_S(Task.CLASSES, 1, "CC BY 4.0", Names.ORGANS);

  /** What is to be told of an image. */
  public enum Task {
    /** One of two classes. */
    TWO_CLASSES,
    /** One of several classes. */
    CLASSES,
    /** One of several classes that have an order, which is not used here. */
    GRADES
  }

  private static final class Names {
    static final String[] ORGANS = {
      "bladder",
      "femur-left",
      "femur-right",
      "heart",
      "kidney-left",
      "kidney-right",
      "liver",
      "lung-left",
      "lung-right",
      "pancreas",
      "spleen"
    };
  }

  /** Height and width that the authors publish; a file has one of them. */
  public static final List<Integer> SIZES = List.of(28, 64, 128, 224);

  private final Task task;
  private final int channels;
  private final String licence;

  @SuppressWarnings("ImmutableEnumChecker") // List.of makes it.
  private final List<String> classNames;

  MedMnist(Task task, int channels, String licence, String... classNames) {
    this.task = task;
    this.channels = channels;
    this.licence = licence;
    this.classNames = List.of(classNames);
  }

  /** What is to be told of an image. */
  public Task task() {
    return task;
  }

  /** 1 for grey, 3 for red, green and blue. */
  public int channels() {
    return channels;
  }

  /** Of the images, such as {@code CC BY 4.0}; a file of them must be cited as its authors ask. */
  public String licence() {
    return licence;
  }

  /** The published names, in the order of the labels. */
  public List<String> classNames() {
    return classNames;
  }

  /** The published name in lower case, such as {@code pneumoniamnist}; files are named after it. */
  public String publishedName() {
    return name().toLowerCase(Locale.ROOT).replace("_", "") + "mnist";
  }

  /**
   * The data set with a published name, in any case, such as {@code PneumoniaMNIST}.
   *
   * @throws IllegalArgumentException when there is none; for ChestMNIST and the 3-D sets with the
   *     reason
   */
  public static MedMnist named(String name) {
    String plain = name.toLowerCase(Locale.ROOT);
    if (plain.equals("chestmnist")) {
      throw new IllegalArgumentException(
          "chestmnist has 14 findings of which an image can have any number, and a row has one class here; choose a set with one class for each image: "
              + all());
    }
    if (plain.endsWith("mnist3d")) {
      throw new IllegalArgumentException(
          "%s holds volumes, and images have two axes here; choose a 2-D set: %s"
              .formatted(plain, all()));
    }
    return Arrays.stream(values())
        .filter(set -> set.publishedName().equals(plain))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "MedMNIST set must be one of %s, was '%s'".formatted(all(), name)));
  }

  private static String all() {
    return Arrays.stream(values()).map(MedMnist::publishedName).collect(Collectors.joining(", "));
  }
}
