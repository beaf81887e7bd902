// The trimmed chart library: what Legwork's charts use, rendered as SVG.
import { CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([CustomChart, LineChart, ScatterChart, GridComponent, TooltipComponent, SVGRenderer]);

// A band is one area between its edges: x, low, high.
const area = ({ data, itemStyle }) => (params, api) => {
  if (params.dataIndex > 0) return null;
  const edge = (at) => data.map((row) => api.coord([row[0], row[at]]));
  return { type: "polygon", silent: true, shape: { points: [...edge(1), ...edge(2).reverse()] }, style: { fill: itemStyle.color, opacity: itemStyle.opacity } };
};
export const prepared = (option) => ({
  ...option,
  series: option.series.map((series) =>
    series.type === "custom" ? { ...series, renderItem: area(series), encode: { x: 0, y: [1, 2] }, silent: true, tooltip: { show: false }, clip: true } : series,
  ),
});

const number = (v) => (Math.round(v * 100) / 100).toString().replace("-", "−");
// A date as the page writes it: the order of day and month comes with the chart.
const dated = (day, locale) =>
  locale ? new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${day}T00:00Z`)) : day;

// Draws `option` in `element`, which is in a figure that has a slider over the days and a line for the one that is chosen; `dispose` removes it.
export function draw(element, option) {
  element.replaceChildren();
  element.dataset.live = "";
  const figure = element.closest("figure");
  const [slider, line] = [figure.querySelector("input[type=range]"), figure.querySelector("[data-day]")];
  const locale = figure.dataset.locale;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const chart = echarts.init(element, null, { renderer: "svg" });
  const at = option.series.findIndex((series) => series.type === "scatter");
  // In the order of the days, as the slider goes.
  const days = option.series[at].data;
  const words = ([x, y, day]) => `${dated(day, locale)}: ${number(x)} → ${y > 0 ? "+" : ""}${number(y)}`;
  chart.setOption({
    ...prepared(option),
    animation: !still,
    animationDuration: 180,
    tooltip: { ...option.tooltip, formatter: ({ data }) => (data?.length > 2 ? words(data) : "") },
  });
  const choose = (index, tip) => {
    const day = days[index];
    if (!day) return;
    slider.value = index;
    slider.setAttribute("aria-valuetext", words(day));
    const link = document.createElement("a");
    link.href = `/journal/${day[2]}`;
    link.textContent = "Open the day";
    line.replaceChildren(`${words(day)}. `, link);
    chart.dispatchAction({ type: "downplay", seriesIndex: at });
    chart.dispatchAction({ type: "highlight", seriesIndex: at, dataIndex: index });
    if (tip) chart.dispatchAction({ type: "showTip", seriesIndex: at, dataIndex: index });
  };
  slider.max = days.length - 1;
  const slide = () => choose(Number(slider.value), true);
  slider.addEventListener("input", slide);
  chart.on("click", ({ seriesIndex, dataIndex }) => seriesIndex === at && choose(dataIndex, false));
  choose(days.length - 1, false);
  const sizes = new ResizeObserver(() => chart.resize());
  sizes.observe(element);
  return {
    dispose() {
      slider.removeEventListener("input", slide);
      sizes.disconnect();
      chart.dispose();
    },
  };
}
