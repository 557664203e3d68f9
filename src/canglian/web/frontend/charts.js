// Charts: ECharts with our look. A page says what is shown in data-chart; nothing is computed here but its drawing.
import { BarChart, LineChart, SankeyChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([
  BarChart, LineChart, SankeyChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer,
]);

// Okabe and Ito's colours after our jade: distinct for every kind of eye, and in print by their lightness.
const COLOURS = ["#0f6f5c", "#e69f00", "#56b4e9", "#cc79a7", "#0072b2", "#d55e00"];
const LABELS_ON_A_PHONE = 4;
const INK = "#1f2a30";
const LINE = "#dfe5e8";
const font = { fontFamily: "inherit", fontSize: 12, color: INK };

const number = (scale, currency) => (value) => {
  const sign = value < 0 ? "-" : "";
  const text = (Math.abs(value) / 10 ** scale).toLocaleString("zh-CN", {
    minimumFractionDigits: scale, maximumFractionDigits: scale,
  });
  return `${sign}${currency}${text}`;
};

const short = (scale, currency, english) => (value) => {
  const whole = value / 10 ** scale;
  const size = Math.abs(whole);
  const cut = (by, unit) => `${currency}${Number((whole / by).toPrecision(3))}${unit}`;
  if (english) {
    if (size >= 1e9) return cut(1e9, "bn");
    if (size >= 1e6) return cut(1e6, "m");
    if (size >= 1e3) return cut(1e3, "k");
  } else {
    if (size >= 1e8) return cut(1e8, "亿");
    if (size >= 1e4) return cut(1e4, "万");
  }
  return `${currency}${whole.toLocaleString("zh-CN")}`;
};

function axes(spec, narrow) {
  const english = document.documentElement.lang === "en";
  const value = {
    type: "value",
    name: spec.unit ?? "",
    nameTextStyle: { ...font, align: spec.lying ? "center" : "left" },
    ...(spec.lying ? { nameLocation: "middle", nameGap: 28 } : {}),
    splitNumber: spec.lying && narrow ? 3 : 5,
    axisLabel: { ...font, hideOverlap: true, formatter: short(spec.scale ?? 0, spec.currency ?? "", english) },
    splitLine: { lineStyle: { color: LINE } },
  };
  const category = {
    type: "category",
    data: spec.labels,
    axisLabel: { ...font, hideOverlap: true, ...(spec.lying && narrow ? { width: 110, overflow: "truncate" } : {}) },
    axisTick: { show: false },
    axisLine: { lineStyle: { color: LINE } },
  };
  if (spec.lying) return { xAxis: value, yAxis: { ...category, inverse: true } };
  return { xAxis: { ...category, boundaryGap: spec.kind === "bar" }, yAxis: value };
}

function series(spec) {
  const compact = (spec.labels?.length ?? 0) > 31;
  return spec.series.map((one) => ({
    name: one.name,
    type: spec.kind,
    data: one.values,
    step: spec.step ? "end" : undefined,
    showSymbol: !compact && spec.kind === "line",
    symbolSize: 5,
    lineStyle: { width: 2 },
    areaStyle: spec.kind === "line" && spec.series.length === 1 ? { opacity: 0.08 } : undefined,
    barMaxWidth: 28,
  }));
}

function flow(spec, narrow) {
  return {
    tooltip: { trigger: "item", renderMode: "richText", formatter: (at) => at.data.note ?? at.name },
    series: [
      {
        type: "sankey",
        data: spec.nodes.map((node) => ({
          ...node,
          itemStyle: { color: node.root ? COLOURS[1] : COLOURS[0] },
        })),
        links: spec.links,
        nodeGap: 14,
        left: 8, right: spec.room ?? (narrow ? 96 : 150), top: 8, bottom: 8,
        label: { ...font, show: !narrow || spec.nodes.length <= LABELS_ON_A_PHONE, width: narrow ? 84 : 140, overflow: "truncate", formatter: (at) => at.data.label },
        lineStyle: { color: "gradient", opacity: 0.35 },
        emphasis: { focus: "adjacency" },
      },
    ],
  };
}

function option(spec, narrow) {
  const base = { color: COLOURS, textStyle: font, aria: { enabled: true }, animation: false };
  if (spec.kind === "flow") return { ...base, ...flow(spec, narrow) };
  const exact = number(spec.scale ?? 0, spec.currency ?? "");
  return {
    ...base,
    grid: { left: 8, right: spec.lying ? 32 : 16, top: spec.series.length > 1 ? 40 : 28, bottom: spec.lying && spec.unit ? 28 : 8, containLabel: true },
    legend: spec.series.length > 1 ? { top: 0, textStyle: font } : undefined,
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: exact },
    ...axes(spec, narrow),
    series: series(spec),
  };
}

function draw(element) {
  element.dataset.drawn = "";
  const chart = echarts.init(element, null, { renderer: "canvas" });
  chart.setOption(option(JSON.parse(element.dataset.chart), element.clientWidth < 480));
  new ResizeObserver(() => chart.resize()).observe(element);
  window.addEventListener("beforeprint", () => chart.resize());
}

window.canglianCharts = { draw };
