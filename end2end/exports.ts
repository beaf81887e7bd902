// Exports of devices and services, made in memory after the published formats: one night and one morning of DAY in each. Where the names are from is said
// in `crates/wellness/src/samples.rs`; the values are invented. What the day must show of each stands beside it.
import { deflateRawSync } from "node:zlib";

/** The day on which the night ends, long past. */
export const DAY = "2026-05-02";
const EVENING = "2026-05-01";

/** What the journal's page of DAY shows. */
export type Shown = {
  /** The chip of the question "Sleep". */
  sleep?: "7½";
  /** In the field "In bed". */
  inBed?: "22:20";
  /** In the field "Weight". */
  weight?: "70.1";
  /** In the field "Resting heart rate". */
  restingHr?: "47";
};

export type Export = {
  /** Whose it is. */
  of: string;
  name: string;
  mimeType: string;
  buffer: Buffer;
  /** What its row on the page of the import says. */
  outcome: "imported" | "recovered" | "unpacked";
  lines: string[];
  shown: Shown;
};

const CRC = Array.from({ length: 256 }, (_, n) => Array.from({ length: 8 }).reduce<number>((c) => (c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1), n) >>> 0);
const crc32 = (bytes: Buffer) => (bytes.reduce((crc, byte) => CRC[(crc ^ byte) & 255] ^ (crc >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

const fields = (...parts: [bytes: 2 | 4, value: number][]) => {
  const out = Buffer.alloc(parts.reduce((sum, [bytes]) => sum + bytes, 0));
  parts.reduce((at, [bytes, value]) => (bytes === 2 ? out.writeUInt16LE(value, at) : out.writeUInt32LE(value, at)), 0);
  return out;
};

/** A zip; `streamed` as a phone writes it, with sizes behind each file instead of before it. */
export function zip(files: [path: string, content: string][], streamed = false): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [path, content] of files) {
    const [name, bytes] = [Buffer.from(path), Buffer.from(content)];
    const packed = deflateRawSync(bytes);
    const [flags, crc] = [0x800 | (streamed ? 8 : 0), crc32(bytes)];
    const known: [4, number][] = [[4, crc], [4, packed.length], [4, bytes.length]];
    const before: [4, number][] = streamed ? [[4, 0], [4, 0], [4, 0]] : known;
    const header = Buffer.concat([fields([4, 0x04034b50], [2, 20], [2, flags], [2, 8], [2, 0], [2, 0x5ca2], ...before, [2, name.length], [2, 0]), name]);
    const behind = streamed ? fields([4, 0x08074b50], ...known) : Buffer.alloc(0);
    directory.push(fields([4, 0x02014b50], [2, 20], [2, 20], [2, flags], [2, 8], [2, 0], [2, 0x5ca2], ...known, [2, name.length], [2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, at]), name);
    parts.push(header, packed, behind);
    at += header.length + packed.length + behind.length;
  }
  const list = Buffer.concat(directory);
  const end = fields([4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, list.length], [4, at], [2, 0]);
  return Buffer.concat([...parts, list, end]);
}

const json = (value: unknown) => JSON.stringify(value);

/** Garmin's account export: times in UTC, with the offset in the file of the days. */
function garmin(): Export {
  const sleep = {
    sleepStartTimestampGMT: `${EVENING}T20:20:00.0`,
    sleepEndTimestampGMT: `${DAY}T04:20:00.0`,
    calendarDate: DAY,
    sleepWindowConfirmationType: "ENHANCED_CONFIRMED_FINAL",
    deepSleepSeconds: 5400,
    lightSleepSeconds: 14400,
    remSleepSeconds: 7200,
    awakeSleepSeconds: 1800,
    averageRespiration: 14.4,
    retro: false,
  };
  const day = {
    userProfilePK: 1,
    calendarDate: DAY,
    totalSteps: 9421,
    activeKilocalories: 612,
    wellnessStartTimeGmt: `${EVENING}T22:00:00.0`,
    wellnessStartTimeLocal: `${DAY}T00:00:00.0`,
    restingHeartRate: 48,
    currentDayRestingHeartRate: 47,
  };
  const body = { metaData: { userProfilePK: 1, calendarDate: `${DAY}T06:58:00.0`, sequence: 1 }, version: 1, weight: { weight: 70100, sourceType: "INDEX_SCALE" } };
  return {
    of: "Garmin",
    name: "garmin-export.zip",
    mimeType: "application/zip",
    buffer: zip([
      ["DI_CONNECT/DI-Connect-Wellness/2026-04-01_2026-07-10_1_sleepData.json", json([sleep])],
      ["DI_CONNECT/DI-Connect-Aggregator/UDSFile_2026-04-01_2026-07-10.json", json([day])],
      ["DI_CONNECT/DI-Connect-Wellness/1_userBioMetrics.json", json([body])],
      ["DI_CONNECT/DI-Connect-User/user_profile.json", json({ firstName: "Kim" })],
    ]),
    outcome: "unpacked",
    lines: ["Values of 1 day from Garmin."],
    shown: { sleep: "7½", inBed: "22:20", weight: "70.1", restingHr: "47" },
  };
}

/** WHOOP's export, with a question of its journal that nothing here asks. */
function whoop(): Export {
  const times = `${EVENING} 22:20:00,${DAY} 22:40:00,UTC+02:00`;
  const night = `${EVENING} 22:20:00,${DAY} 06:20:00,91,13.9,450,480,228,102,120,30,480,10,94,76`;
  const columns = "Sleep onset,Wake onset,Sleep performance %,Respiratory rate (rpm),Asleep duration (min),In bed duration (min),Light sleep duration (min),Deep (SWS) duration (min),REM duration (min),Awake duration (min),Sleep need (min),Sleep debt (min),Sleep efficiency %,Sleep consistency %";
  const cycle = "Cycle start time,Cycle end time,Cycle timezone";
  return {
    of: "WHOOP",
    name: "my_whoop_data_2026_05_03.zip",
    mimeType: "application/zip",
    buffer: zip([
      [
        "physiological_cycles.csv",
        `${cycle},Recovery score %,Resting heart rate (bpm),Heart rate variability (ms),Skin temp (celsius),Blood oxygen %,Day Strain,Energy burned (cal),Max HR (bpm),Average HR (bpm),${columns}\n${times},78,47,65,33.4,96.2,12.4,2300,171,66,${night}\n`,
      ],
      ["sleeps.csv", `${cycle},${columns},Nap\n${times},${night},false\n`],
      ["journal_entries.csv", `${cycle},Question text,Answered yes,Notes\n${times},Ate food close to bedtime?,true,"late, again"\n${times},Feeling sick or ill?,false,\n`],
    ]),
    outcome: "unpacked",
    lines: ["Values of 1 day from WHOOP.", "1 answer left out", "“Ate food close to bedtime?”"],
    shown: { sleep: "7½", inBed: "22:20", restingHr: "47" },
  };
}

/** Oura's JSON, version 2. */
function oura(): Export {
  const sleep = {
    id: "a1",
    day: DAY,
    bedtime_start: `${EVENING}T22:20:00.000+02:00`,
    bedtime_end: `${DAY}T06:20:00.000+02:00`,
    average_breath: 14.2,
    average_hrv: 65,
    lowest_heart_rate: 47,
    awake_time: 1800,
    deep_sleep_duration: 5400,
    efficiency: 92,
    light_sleep_duration: 14400,
    rem_sleep_duration: 7200,
    total_sleep_duration: 27000,
    type: "long_sleep",
  };
  return {
    of: "Oura",
    name: "oura_2026-05-03.json",
    mimeType: "application/json",
    buffer: Buffer.from(
      json({
        email: "kim@example.org",
        sleep: [sleep],
        daily_readiness: [{ day: DAY, score: 81, temperature_deviation: -0.2, contributors: { hrv_balance: 80 } }],
        daily_activity: [{ day: DAY, steps: 8421, active_calories: 520, contributors: { stay_active: 70 } }],
      }),
    ),
    outcome: "imported",
    lines: ["Values of 1 day from Oura."],
    shown: { sleep: "7½", inBed: "22:20", restingHr: "47" },
  };
}

/** Fitbit in Google's Takeout, with the many files of an account beside. */
function fitbit(): Export {
  const sleep = {
    logId: 44632289206,
    dateOfSleep: DAY,
    startTime: `${EVENING}T22:20:00.000`,
    endTime: `${DAY}T06:20:00.000`,
    duration: 28800000,
    minutesAsleep: 450,
    minutesAwake: 30,
    timeInBed: 480,
    efficiency: 93,
    type: "stages",
    mainSleep: true,
    levels: { summary: { deep: { minutes: 90 }, wake: { minutes: 30 }, light: { minutes: 240 }, rem: { minutes: 120 } }, data: [], shortData: [] },
  };
  const [year, month, day] = DAY.split("-");
  const date = `${month}/${day}/${year.slice(2)}`;
  const folder = "Takeout/Fitbit/Global Export Data";
  return {
    of: "Fitbit",
    name: "takeout-fitbit.zip",
    mimeType: "application/zip",
    buffer: zip([
      [`${folder}/sleep-2026-04-15.json`, json([sleep])],
      [`${folder}/resting_heart_rate-2026-01-01.json`, json([{ dateTime: `${date} 00:00:00`, value: { date, value: 47, error: 6.8 } }])],
      [`${folder}/weight-2026-04-15.json`, json([{ logId: 1, weight: 70.1, bmi: 22.1, fat: 18.5, date, time: "06:58:00", source: "Aria" }])],
      [`${folder}/steps-2026-04-15.json`, json([{ dateTime: `${date} 08:00:00`, value: "110" }])],
      [`${folder}/heart_rate-${DAY}.json`, json([{ dateTime: `${date} 08:00:00`, value: { bpm: 61, confidence: 2 } }])],
    ]),
    outcome: "unpacked",
    lines: ["Values of 1 day from Fitbit."],
    shown: { sleep: "7½", inBed: "22:20", weight: "70.1", restingHr: "47" },
  };
}

/** Google Health's small tables, in the same Takeout. */
function googleHealth(): Export {
  const folder = "Takeout/Google Health/Physical Activity_GoogleData";
  return {
    of: "Google Health",
    name: "takeout-health.zip",
    mimeType: "application/zip",
    buffer: zip([
      [`${folder}/weight.csv`, `timestamp,weight grams,data source\n${DAY}T06:58:00Z,70100,Aria\n${DAY}T19:58:00Z,71200,Aria\n`],
      [`${folder}/daily_resting_heart_rate.csv`, `timestamp,beats per minute,data source\n${DAY}T00:00:00Z,47,Fitbit Air\n`],
    ]),
    outcome: "unpacked",
    lines: ["Values of 1 day from Fitbit."],
    shown: { weight: "70.1", restingHr: "47" },
  };
}

/** A file of Polar's export: durations and times as ISO 8601 has them. */
function polar(): Export {
  const night = {
    night: DAY,
    evaluation: {
      sleepType: "SLEEP_PLUS_STAGES",
      sleepSpan: "PT8H",
      asleepDuration: "PT7H30M",
      analysis: { efficiencyPercent: 93.6, continuityIndex: 4.2 },
      interruptions: { totalDuration: "PT30M" },
      phaseDurations: { wake: "PT30M", rem: "PT2H", light: "PT4H", deep: "PT1H30M", unknown: "PT0S" },
    },
    sleepResult: { hypnogram: { sleepStart: `${EVENING}T22:20:00+02:00`, sleepEnd: `${DAY}T06:20:00+02:00`, rating: "SLEPT_WELL" } },
  };
  return {
    of: "Polar",
    name: "sleep_result_1-00000000-0000-0000-0000-000000000000.json",
    mimeType: "application/json",
    buffer: Buffer.from(json([night])),
    outcome: "imported",
    lines: ["Values of 1 day from Polar."],
    shown: { sleep: "7½", inBed: "22:20" },
  };
}

const record = (kind: string, from: string, to: string, value: string, unit = "") =>
  ` <Record type="HK${kind}" sourceName="Watch" sourceVersion="11.1"${unit && ` unit="${unit}"`} creationDate="${to} +0200" startDate="${from} +0200" endDate="${to} +0200" value="${value}"/>\n`;

/** `export.xml` of Apple Health: DAY first, and `further` days behind it. */
function appleXml(further: number): string {
  const sleep = (from: string, to: string, stage: string) => record("CategoryTypeIdentifierSleepAnalysis", from, to, `HKCategoryValueSleepAnalysis${stage}`);
  const day = [
    sleep(`${EVENING} 22:20:00`, `${DAY} 02:20:00`, "AsleepCore"),
    sleep(`${DAY} 02:20:00`, `${DAY} 03:50:00`, "AsleepDeep"),
    sleep(`${DAY} 03:50:00`, `${DAY} 04:20:00`, "Awake"),
    sleep(`${DAY} 04:20:00`, `${DAY} 06:20:00`, "AsleepREM"),
    record("QuantityTypeIdentifierRestingHeartRate", `${DAY} 00:01:00`, `${DAY} 20:50:00`, "47", "count/min"),
    record("QuantityTypeIdentifierBodyMass", `${DAY} 06:58:00`, `${DAY} 06:58:00`, "70.1", "kg"),
    record("QuantityTypeIdentifierHeartRate", `${DAY} 07:00:00`, `${DAY} 07:00:00`, "61", "count/min"),
  ];
  // Numbers that do not repeat, so that the packer cannot make much less of them.
  const others = Array.from({ length: further }, (_, n) => {
    const date = new Date(Date.parse("2020-01-01") + n * 86_400_000).toISOString().slice(0, 10);
    const scatter = ((n * 7919) % 1000) / 100;
    return record("QuantityTypeIdentifierRestingHeartRate", `${date} 00:01:00`, `${date} 20:${10 + (n % 49)}:00`, (45 + scatter).toFixed(2), "count/min");
  });
  const dtd = "<!DOCTYPE HealthData [\n<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout)*)>\n]>";
  return `<?xml version="1.0" encoding="UTF-8"?>\n${dtd}\n<HealthData locale="en_GB">\n <ExportDate value="2026-05-03 12:00:00 +0200"/>\n${day.join("")}${others.join("")}</HealthData>\n`;
}

function apple(): Export {
  return {
    of: "Apple Health",
    name: "export.zip",
    mimeType: "application/zip",
    buffer: zip(
      [
        ["apple_health_export/export_cda.xml", '<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"></ClinicalDocument>'],
        ["apple_health_export/export.xml", appleXml(0)],
      ],
      true,
    ),
    outcome: "unpacked",
    lines: ["Values of 1 day from Apple Health."],
    shown: { sleep: "7½", inBed: "22:20", weight: "70.1", restingHr: "47" },
  };
}

/** The same with years of other days behind, whose download broke off. */
export function cutApple(): Export {
  const whole = zip([["apple_health_export/export.xml", appleXml(1500)]], true);
  return {
    ...apple(),
    name: "export-cut.zip",
    buffer: whole.subarray(0, Math.floor(whole.length * 0.6)),
    lines: ["from Apple Health.", "export.xml: It ends in the middle", "The archive ends in the middle"],
  };
}

/** Any table: a byte order mark, semicolons, decimal commas, the day before the month. */
function table(): Export {
  const [year, month, day] = DAY.split("-");
  return {
    of: "a table",
    name: "tagebuch.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(`\ufeffDatum;Schlaf (h);Gewicht (kg);Wetter\r\n${day}.${month}.${year};7,5;70,1;Regen\r\n13.${month}.${year};8;70,4;\r\n`),
    outcome: "imported",
    lines: ["Values of 2 days.", "Read: Schlaf (h), Gewicht (kg)."],
    shown: { sleep: "7½", weight: "70.1" },
  };
}

export const EXPORTS: Export[] = [garmin(), whoop(), oura(), fitbit(), googleHealth(), polar(), apple(), table()];
