"""Writes the results of benchmarks/segmentation.sh as Markdown: table.py RUNS HOW SEEDS EPSILONS"""

import json
import pathlib
import statistics
import sys

runs, how, seeds = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3].split()
epsilons = sys.argv[4].split()


def reports(name):
    return [json.loads((runs / ("%s-%s" % (name, seed)) / "report.json").read_text()) for seed in seeds]


def brain(report, site):
    """The Dice coefficient of class 1, brain, on the held-out rows of a site, and how many they are."""
    results = report["notCoveredByGuarantee"]
    for each in results.get("sites", []):
        if each["site"] == site:
            return each["evaluation"]["diceOfClass1"], each["evaluation"]["examples"]
    # One unit is no site of its own in a report; where nothing else is held out, all rows are its.
    if report["configuration"]["data"]["testSites"] == [site]:
        return results["evaluation"]["diceOfClass1"], results["evaluation"]["examples"]
    raise ValueError("no site is called " + site)


def cells(found, site):
    values = [brain(report, site)[0] for report in found]
    return "%.3f | %s" % (statistics.mean(values), ", ".join("%.3f" % value for value in values))


def settings(report):
    configuration = report["configuration"]
    return "width %d, depth %d, %d parameters, loss %s; %d rounds, clip norm %s, learning rate %s, %d epochs" % (
        configuration["model"]["width"],
        configuration["model"]["depth"],
        report["parameters"],
        configuration["model"]["loss"],
        report["plan"]["rounds"],
        configuration["privacy"]["clipNorm"],
        configuration["client"]["learningRate"],
        configuration["client"]["epochs"],
    )


names = {"itk": "insighttoolkit5-examples", "ch2": "mricron-data"}
versions = reports("split-itk")[0]["versions"]
print("# Brain or background: a U-Net on MR volumes of two subjects\n")
print(how)
print("dpfed %s, Deeplearning4j %s.\n" % (versions["dpfed"], versions["deeplearning4j"]))
print(
    """The subjects are the T1 volumes of Debian's `insighttoolkit5-examples` (`KmeansTest_T1UCharRaw`, Apache-2.0) and
`mricron-data` (`ch2`, BSD-3-Clause). Truth is each package's own brain mask: `KmeansTest_T1RawSkullStrip` above 0 and
`ch2bet` above 0; the two need not draw its border alike. Both are brought to coronal slices of 64 × 64 voxels of 4 × 4 mm, 3 mm
thick ([prepare.py](../segmentation/prepare.py)); slices without brain are left out. All intensities are scaled from 0
to 160. Dice is that of the class brain, over all voxels of the test slices.
"""
)
print("## Slices of one subject on both sides of a split\n")
print(
    """Trained without privacy on a random half of one subject's slices, tested on the other half, whose neighbours were
trained on, and on the other subject. Only the last is what a hospital asks for.
"""
)
print("| trained on half of | tested on | slices | Dice | of each seed |")
print("| --- | --- | ---: | ---: | --- |")
for subject, name in names.items():
    found = reports("split-" + subject)
    for site in ("same subject", "other subject"):
        where = "the other half" if site == "same subject" else "the other subject"
        print("| %s | %s | %d | %s |" % (name, where, brain(found[0], site)[1], cells(found, site)))
print("\n[split.yaml](../segmentation/split.yaml): %s.\n" % settings(reports("split-itk")[0]))
print("## With and without differential privacy\n")
population = reports("none")[0]["plan"]["population"] - 1
print(
    """**Simulated patients.** No guarantee for patients can be had from two of them. Here a client is a simulated patient:
one slice of the subject of `insighttoolkit5-examples`, mirrored, turned, moved, stretched and lit at random, %s of
them. The guarantee is for one such simulated patient, and protects nobody: what the table shows is what the noise of
each ε does to Dice. Real patients differ more than these. Tested on the other subject.
"""
    % format(population, ",")
)
print("| guarantee for one simulated patient | noise multiplier | Dice on the other subject | of each seed |")
print("| --- | ---: | ---: | --- |")
for name in ["none"] + ["epsilon" + epsilon for epsilon in epsilons]:
    found = reports(name)
    guarantee = found[0]["guarantee"]
    stated = (
        "ε = %.2f, δ = %s (%s)" % (guarantee["epsilon"], guarantee["delta"], guarantee["relation"])
        if guarantee["isPrivate"]
        else "none"
    )
    multiplier = "%.3f" % found[0]["plan"]["noiseMultiplier"]
    print("| %s | %s | %s |" % (stated, multiplier, cells(found, "other subject")))
print(
    "\n[private.yaml](../segmentation/private.yaml): %s; %d of %s simulated patients in a round."
    % (settings(reports("none")[0]), found[0]["plan"]["expectedCohortSize"], format(population, ","))
)
print(
    """
Four coronal slices of the other subject, `ch2`. Columns: the slice; truth; predictions of the model trained on half of
the slices; of the model trained on simulated patients without privacy; of the one with ε = %s, all of the first seed.

![slices, truth and predictions](segmentation.png)"""
    % epsilons[0]
)
