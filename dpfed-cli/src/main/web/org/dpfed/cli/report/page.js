"use strict";
// Draws the charts that the page describes, as wide as their places; reloads a page of a run that goes on.
(() => {
  const NARROWEST = 280;
  const charts = JSON.parse(document.getElementById("charts").textContent);

  const colour = (i) => `var(--series-${(i % 8) + 1})`;

  const line = (dotsOnly) => (series, i) => {
    const points = series.points.map(([x, y]) => ({ x, y }));
    const style = { x: "x", y: "y", stroke: colour(i) };
    const marks = dotsOnly ? [] : [Plot.lineY(points, { ...style, strokeWidth: 2, strokeDasharray: i % 2 ? "6 4" : null })];
    if (points.length <= 50) {
      marks.push(Plot.dot(points, { ...style, fill: colour(i), r: dotsOnly ? 5 : 2.5 }));
    }
    return marks;
  };

  const drawn = (chart, width) =>
    Plot.plot({
      ariaLabel: chart.title,
      width,
      height: Math.round(Math.min(300, Math.max(200, width * 0.55))),
      marginLeft: 56,
      marginBottom: 40,
      style: { background: "none", fontSize: "12px" },
      x: { label: chart.x, labelAnchor: "center", domain: chart.xDomain, nice: !chart.xDomain, ticks: Math.max(3, Math.round(width / 80)), tickFormat: chart.xDomain ? undefined : (v) => (Number.isInteger(v) ? String(v) : "") },
      y: { label: chart.y, domain: chart.yDomain, nice: !chart.yDomain, grid: true, zero: chart.zero },
      marks: [
        ...(chart.diagonal ? [Plot.line([[0, 0], [1, 1]], { stroke: "currentColor", strokeOpacity: 0.5, strokeDasharray: "2 3" })] : []),
        ...chart.series.flatMap(line(chart.dotsOnly)),
        Plot.tip(
          chart.series.flatMap((s) => s.points.map(([x, y]) => ({ x, y, name: s.name }))),
          Plot.pointer({ x: "x", y: "y", title: (d) => `${d.name}\n${chart.x} ${d.x}\n${chart.y} ${d.y}`, textOverflow: "clip" }),
        ),
      ],
    });

  const draw = (place) => {
    const chart = charts[place.dataset.chart];
    const width = Math.max(NARROWEST, Math.min(640, place.clientWidth));
    if (chart && place.dataset.width !== String(width)) {
      const svg = drawn(chart, width);
      svg.setAttribute("role", "img");
      // The image as a whole has a name; its parts have no role and may have none.
      svg.querySelectorAll("g[aria-label]").forEach((part) => part.removeAttribute("aria-label"));
      place.replaceChildren(svg);
      place.dataset.width = String(width);
    }
  };

  const drawAll = () => document.querySelectorAll(".chart").forEach(draw);
  drawAll();
  addEventListener("resize", drawAll);

  const pause = document.getElementById("pause");
  if (pause) {
    let timer = 0;
    const run = () => {
      timer = setTimeout(() => location.reload(), 1000 * Number(pause.dataset.seconds));
    };
    pause.hidden = false;
    pause.addEventListener("click", () => {
      if (timer) {
        clearTimeout(timer);
        timer = 0;
      } else {
        run();
      }
      pause.textContent = timer ? "Pause" : "Go on reloading";
    });
    run();
  }
})();
