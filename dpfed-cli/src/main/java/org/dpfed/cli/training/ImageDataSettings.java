package org.dpfed.cli.training;

import static org.dpfed.cli.training.ImageKinds.imageSize;
import static org.dpfed.cli.training.ImageKinds.scaling;
import static org.dpfed.cli.training.Kind.integer;
import static org.dpfed.cli.training.Kind.list;
import static org.dpfed.cli.training.Kind.oneOf;
import static org.dpfed.cli.training.Kind.path;
import static org.dpfed.cli.training.Kind.text;
import static org.dpfed.cli.training.Kind.texts;
import static org.dpfed.cli.training.Kind.yesNo;

import java.util.List;
import java.util.stream.Stream;

/** Settings of medical images. */
final class ImageDataSettings {
  private static final String SET = "data.set";

  private static final List<Setting> IMAGES =
      List.of(
          Setting.of(
                  "data.name",
                  "--data-name",
                  text(),
                  "",
                  "Name of the MedMNIST set, such as PneumoniaMNIST. Default: the name of the file up to its first dot or underscore.")
              .onlyWith(SET, "medmnist"),
          Setting.of(
                  "data.validation",
                  "--validation",
                  oneOf("join-training", "leave-out", "instead-of-test"),
                  "join-training",
                  "What becomes of the validation images of MedMNIST: trained on, left out, or held out in place of the test images.")
              .onlyWith(SET, "medmnist"),
          Setting.of(
                  "data.labels",
                  "--labels",
                  path(),
                  "",
                  "CSV file of labels: with the header patient,label or instance,label (Patient ID or SOP Instance UID), and site after them if it is not to come from the files, for DICOM, path,label for image folders.")
              .onlyWith(SET, "dicom", "image-folder")
              .neededWith(SET, "dicom"),
          Setting.of(
                  "data.masks",
                  "--masks",
                  path(),
                  "",
                  "Directory of masks, which have the paths and names of the images and the number of each pixel's class.")
              .onlyWith(SET, "image-folder")
              .notWith("data.labels"),
          Setting.of(
                  "data.imageSize",
                  "--image-size",
                  imageSize(),
                  "",
                  "Height and width of every image or slice.")
              .onlyWith(SET, "image-folder", "nifti", "dicom")
              .needed(),
          Setting.of(
                  "data.fit",
                  "--fit",
                  yesNo(),
                  "false",
                  "Whether images of another size are brought to it: those in folders are resized; others are cropped or padded around their middle, with the lower end of a range or 0. They are refused if not.")
              .onlyWith(SET, "image-folder", "nifti", "dicom"),
          Setting.of(
                  "data.channels",
                  "--channels",
                  oneOf("1", "3"),
                  "1",
                  "Channels of an image: 1 for grey, 3 for colours.")
              .onlyWith(SET, "image-folder", "dicom"),
          Setting.of(
                  "data.bits",
                  "--bits",
                  oneOf("8", "16", "32"),
                  "8",
                  "Bits of a value in the files: 8, 16, or 32 for floating-point numbers. Images with others are refused, and data.scaling must fit.")
              .onlyWith(SET, "image-folder"),
          Setting.of(
                  "data.transparency",
                  "--transparency",
                  oneOf("refuse", "black"),
                  "refuse",
                  "What to do with images that have an alpha channel: refuse them, or mix transparent pixels with black.")
              .onlyWith(SET, "image-folder"),
          Setting.of(
                  "data.orientation",
                  "--orientation",
                  oneOf("stored", "exif"),
                  "stored",
                  "Whether images are taken as stored, or turned as the EXIF orientation in the file says.")
              .onlyWith(SET, "image-folder")
              .notWith("data.masks"),
          Setting.of(
                  "data.scaling",
                  "--scaling",
                  scaling(ImageSettings.scalings()),
                  "",
                  "Public constants that scale pixels: 0 to 255 to [0, 1] or [-1, 1], a CT window or any range in the units of the file to [-1, 1] with values outside moved to the nearer end, or (value - mean) / deviation. Default: pixel.")
              .onlyWith(SET, "medmnist", "image-folder", "nifti", "dicom")
              .neededWith(SET, "nifti", "dicom"),
          Setting.of(
                  "data.testSites",
                  "--test-sites",
                  list(),
                  "",
                  "Names of sites to hold out for evaluation, in place of a share of the keys: everyone with an image from there, with all their images.")
              .onlyWith(SET, "image-folder", "nifti", "dicom"),
          Setting.of(
                  "data.siteNames",
                  "--site-names",
                  yesNo(),
                  "false",
                  "Whether results by site show the names of sites. If not, sites are numbered in the order of their names. Sites with fewer than 5 held-out units stand together.")
              .onlyWith(SET, "image-folder", "nifti", "dicom", IndexedSource.SET),
          Setting.of(
                  "data.plane",
                  "--plane",
                  oneOf("axial", "coronal", "sagittal"),
                  "axial",
                  "Plane of the slices of a volume, each of which is a row.")
              .onlyWith(SET, "nifti"),
          Setting.of(
                  "data.damaged",
                  "--damaged",
                  oneOf("refuse", "leave-out"),
                  "refuse",
                  "What to do with an image in a folder that cannot be read: refuse all, or leave it out.")
              .onlyWith(SET, "image-folder"));

  private static final List<Setting> SERVER =
      List.of(
          Setting.of(
                  "data.url",
                  "--data-url",
                  text(),
                  "",
                  "Address of a DICOMweb server (QIDO-RS and WADO-RS) whose images are read, beside those of data.directory if both are given; https, or http to this machine.")
              .onlyWith(SET, "dicom"),
          server(
              "data.query",
              "--data-query",
              texts("{Modality: DX, StudyDescription: chest*}"),
              "",
              "What series must match, by keywords of attributes that the server can search. Default: all series. Only attributes that say neither which patient nor which examination; images that have not what they say are refused."),
          server(
              "data.credentials",
              "--credentials",
              path(),
              "",
              "File with one line for the server: user:password, or a token. Only its owner may have access to it. Default: the environment variable "
                  + DicomServer.CREDENTIALS
                  + ", with the same content; without it, no credentials."),
          server(
              "data.certificates",
              "--certificates",
              path(),
              "",
              "File in PEM format with the certificates to trust, such as that of a hospital's own authority. Default: those that Java trusts."),
          server(
              "data.timeLimitSeconds",
              "--data-time-limit",
              integer(1, 3600),
              "60",
              "Longest wait for the server to accept a connection, to answer, or to send more. One series may take 100 of them."),
          server(
              "data.largestInstanceMiB",
              "--largest-instance",
              integer(1, 2047),
              "256",
              "Size in MiB beyond which an instance from the server is refused."));

  static final List<Setting> ALL = Stream.of(IMAGES, SERVER).flatMap(List::stream).toList();

  private ImageDataSettings() {}

  /** A setting of a server. */
  private static Setting server(
      String key, String flag, Kind kind, String fallback, String description) {
    return Setting.of(key, flag, kind, fallback, description).onlyWith("data.url");
  }
}
