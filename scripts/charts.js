// The trimmed chart library: what Legwork's charts use, rendered as SVG.
import { LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([LineChart, ScatterChart, GridComponent, TooltipComponent, SVGRenderer]);

// Draws `option` in place of the content of `element`; `dispose` removes it.
export function draw(element, option) {
  element.replaceChildren();
  element.dataset.live = "";
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", element.dataset.label ?? "");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const chart = echarts.init(element, null, { renderer: "svg" });
  const value = (v) => (Math.round(v * 100) / 100).toString().replace("-", "−");
  chart.setOption({ ...option, animation: !still, animationDuration: 180, tooltip: { ...option.tooltip, formatter: ({ data }) => (Array.isArray(data) ? `${value(data[0])} → ${value(data[1])}` : "") } });
  const sizes = new ResizeObserver(() => chart.resize());
  sizes.observe(element);
  return {
    dispose() {
      sizes.disconnect();
      chart.dispose();
    },
  };
}
