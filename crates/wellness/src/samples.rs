//! For tests: a small file of each format, with invented values and the names that exports have. Where the names are from:
//!
//! - Apple: the DTD at the beginning of every export, `hkquantitytypeidentifier` and `hkcategoryvaluesleepanalysis` of developer.apple.com, and
//!   the night of johngoldin.com/blog/apple-health-export/2023-02-sleep-export.
//! - WHOOP: header rows of real exports in the tests of NOOP (github.com/NoopApp/noop, `WhoopCsvImporterTest`); those in Spanish are of an export
//!   of September 2026, and those in German of the projects that `whoop.rs` names.
//! - Oura: cloud.ouraring.com/v2/docs and the tables of an account's export in the tests of NOOP (`WearableExportImporterTests`); version 1 of the
//!   interface: cloud.ouraring.com/docs.
//! - Fitbit: the catalogue of an export of twelve years in github.com/kabaka/oscar-export-analyzer, and Takeout's own read-me files.
//! - Garmin: github.com/dapperAuteur/centenarian-os (`garmin-export-to-centos.mjs`, checked against an export of October 2026); offsets, HRV and
//!   readiness: other readers of the same export.
//! - Polar: github.com/purnalica/fitfreed, a structural analysis of an export, and polar.com/polar-api-v4.

use crate::Format;

pub(crate) const APPLE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary|ClinicalRecord)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!-- Note: Any Records that appear as children of a correlation also appear as top-level records in this document. -->
<!ELEMENT Correlation ((MetadataEntry|Record)*)>
]>
<HealthData locale="de_DE">
 <ExportDate value="2026-11-21 12:00:00 +0100"/>
 <Me HKCharacteristicTypeIdentifierDateOfBirth="1990-01-01" HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexNotSet"/>
 <Record type="HKQuantityTypeIdentifierBodyMass" sourceName="Waage &amp; Co" sourceVersion="1" unit="lb" creationDate="2026-11-02 07:00:00 +0100" startDate="2026-11-02 06:58:00 +0100" endDate="2026-11-02 06:58:00 +0100" value="154"/>
 <Record type="HKQuantityTypeIdentifierBodyMass" sourceName="Waage &amp; Co" sourceVersion="1" unit="lb" creationDate="2026-11-02 20:00:00 +0100" startDate="2026-11-02 19:58:00 +0100" endDate="2026-11-02 19:58:00 +0100" value="157"/>
 <Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Watch" device="&lt;&lt;HKDevice: 0x28&gt;, name:Apple Watch&gt;" unit="count/min" creationDate="2026-11-02 07:00:00 +0100" startDate="2026-11-02 06:58:00 +0100" endDate="2026-11-02 06:58:00 +0100" value="61">
  <MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="1"/>
 </Record>
 <Record type="HKQuantityTypeIdentifierRestingHeartRate" sourceName="Watch" unit="count/min" creationDate="2026-11-02 21:00:00 +0100" startDate="2026-11-02 00:01:00 +0100" endDate="2026-11-02 20:50:00 +0100" value="47"/>
 <Record type="HKQuantityTypeIdentifierHeartRateVariabilitySDNN" sourceName="Watch" unit="ms" creationDate="2026-11-02 04:01:00 +0100" startDate="2026-11-02 04:00:00 +0100" endDate="2026-11-02 04:01:00 +0100" value="80">
  <HeartRateVariabilityMetadataList>
   <InstantaneousBeatsPerMinute bpm="50" time="4:00:01,00 AM"/>
  </HeartRateVariabilityMetadataList>
 </Record>
 <Record type="HKQuantityTypeIdentifierHeartRateVariabilitySDNN" sourceName="Watch" unit="ms" creationDate="2026-11-02 06:01:00 +0100" startDate="2026-11-02 06:00:00 +0100" endDate="2026-11-02 06:01:00 +0100" value="90"/>
 <Record type="HKQuantityTypeIdentifierOxygenSaturation" sourceName="Watch" unit="%" creationDate="2026-11-02 03:01:00 +0100" startDate="2026-11-02 03:00:00 +0100" endDate="2026-11-02 03:00:00 +0100" value="0.97"/>
 <Record type="HKQuantityTypeIdentifierStepCount" sourceName="Watch" unit="count" creationDate="2026-11-02 08:11:00 +0100" startDate="2026-11-02 08:00:00 +0100" endDate="2026-11-02 08:10:00 +0100" value="1000"/>
 <Record type="HKQuantityTypeIdentifierStepCount" sourceName="iPhone" unit="count" creationDate="2026-11-02 08:13:00 +0100" startDate="2026-11-02 08:02:00 +0100" endDate="2026-11-02 08:12:00 +0100" value="950"/>
 <Record type="HKQuantityTypeIdentifierStepCount" sourceName="iPhone" unit="count" creationDate="2026-11-02 18:13:00 +0100" startDate="2026-11-02 18:02:00 +0100" endDate="2026-11-02 18:12:00 +0100" value="300"/>
 <Record type="HKQuantityTypeIdentifierActiveEnergyBurned" sourceName="Watch" unit="kcal" creationDate="2026-11-02 08:11:00 +0100" startDate="2026-11-02 08:00:00 +0100" endDate="2026-11-02 08:10:00 +0100" value="80"/>
 <Record type="HKQuantityTypeIdentifierDietaryCaffeine" sourceName="Coffee" unit="mg" creationDate="2026-11-02 08:00:00 +0100" startDate="2026-11-02 08:00:00 +0100" endDate="2026-11-02 08:00:00 +0100" value="95"/>
 <Record type="HKQuantityTypeIdentifierDietaryCaffeine" sourceName="Coffee" unit="mg" creationDate="2026-11-02 13:00:00 +0100" startDate="2026-11-02 13:00:00 +0100" endDate="2026-11-02 13:00:00 +0100" value="63"/>
 <Record type="HKQuantityTypeIdentifierNumberOfAlcoholicBeverages" sourceName="Health" unit="count" creationDate="2026-11-02 21:00:00 +0100" startDate="2026-11-02 20:00:00 +0100" endDate="2026-11-02 20:00:00 +0100" value="1"/>
 <Correlation type="HKCorrelationTypeIdentifierFood" sourceName="Food" creationDate="2026-11-02 12:00:00 +0100" startDate="2026-11-02 12:00:00 +0100" endDate="2026-11-02 12:00:00 +0100">
  <Record type="HKQuantityTypeIdentifierDietaryCarbohydrates" sourceName="Food" unit="g" creationDate="2026-11-02 12:00:00 +0100" startDate="2026-11-02 12:00:00 +0100" endDate="2026-11-02 12:00:00 +0100" value="80"/>
 </Correlation>
 <Record type="HKQuantityTypeIdentifierDietaryCarbohydrates" sourceName="Food" unit="g" creationDate="2026-11-02 12:00:00 +0100" startDate="2026-11-02 12:00:00 +0100" endDate="2026-11-02 12:00:00 +0100" value="80"/>
 <Record type="HKQuantityTypeIdentifierDietaryWater" sourceName="Food" unit="fl_oz_us" creationDate="2026-11-02 12:00:00 +0100" startDate="2026-11-02 12:00:00 +0100" endDate="2026-11-02 12:00:00 +0100" value="16"/>
 <Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="Watch" creationDate="2026-11-02 06:30:00 +0100" startDate="2026-11-01 22:30:00 +0100" endDate="2026-11-02 02:30:00 +0100" value="HKCategoryValueSleepAnalysisAsleepCore"/>
 <Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="Watch" creationDate="2026-11-02 06:30:00 +0100" startDate="2026-11-02 02:30:00 +0100" endDate="2026-11-02 03:30:00 +0100" value="HKCategoryValueSleepAnalysisAsleepDeep"/>
 <Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="Watch" creationDate="2026-11-02 06:30:00 +0100" startDate="2026-11-02 03:30:00 +0100" endDate="2026-11-02 04:00:00 +0100" value="HKCategoryValueSleepAnalysisAwake"/>
 <Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="Watch" creationDate="2026-11-02 06:30:00 +0100" startDate="2026-11-02 04:00:00 +0100" endDate="2026-11-02 06:00:00 +0100" value="HKCategoryValueSleepAnalysisAsleepREM"/>
 <Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="iPhone" creationDate="2026-11-02 06:30:00 +0100" startDate="2026-11-01 22:20:00 +0100" endDate="2026-11-02 06:10:00 +0100" value="HKCategoryValueSleepAnalysisInBed"/>
 <Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="App" creationDate="2026-11-02 06:30:00 +0100" startDate="2026-11-01 22:30:00 +0100" endDate="2026-11-02 06:00:00 +0100" value="HKCategoryValueSleepAnalysisAsleepUnspecified"/>
 <Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="Watch" creationDate="2026-11-02 14:40:00 +0100" startDate="2026-11-02 14:00:00 +0100" endDate="2026-11-02 14:30:00 +0100" value="HKCategoryValueSleepAnalysisAsleepCore"/>
 <ActivitySummary dateComponents="2026-11-01" activeEnergyBurned="0" activeEnergyBurnedUnit="kcal"/>
 <ActivitySummary dateComponents="2026-11-02" activeEnergyBurned="612.5" activeEnergyBurnedGoal="500" activeEnergyBurnedUnit="kcal" appleExerciseTime="40"/>
</HealthData>
"#;

pub(crate) const WHOOP_CYCLES: &str = "Cycle start time,Cycle end time,Cycle timezone,Recovery score %,Resting heart rate (bpm),Heart rate variability (ms),Skin temp (celsius),Blood oxygen %,Day Strain,Energy burned (cal),Max HR (bpm),Average HR (bpm),Sleep onset,Wake onset,Sleep performance %,Respiratory rate (rpm),Asleep duration (min),In bed duration (min),Light sleep duration (min),Deep (SWS) duration (min),REM duration (min),Awake duration (min),Sleep need (min),Sleep debt (min),Sleep efficiency %,Sleep consistency %
2026-11-02 23:05:10,,UTC+01:00,54,50,58,33.9,95.5,,,,,2026-11-02 23:05:10,2026-11-03 06:40:00,80,14.1,420,455,210,100,110,35,480,20,92,70
2026-11-01 22:20:30,2026-11-02 23:05:10,UTC+01:00,78,47,65,33.4,96.2,12.4,2300,171,66,2026-11-01 22:20:30,2026-11-02 06:10:00,91,13.9,444,470,222,102,120,26,480,10,94,76
";

pub(crate) const WHOOP_SLEEPS: &str = "Cycle start time,Cycle end time,Cycle timezone,Sleep onset,Wake onset,Sleep performance %,Respiratory rate (rpm),Asleep duration (min),In bed duration (min),Light sleep duration (min),Deep (SWS) duration (min),REM duration (min),Awake duration (min),Sleep need (min),Sleep debt (min),Sleep efficiency %,Sleep consistency %,Nap
2026-11-01 22:20:30,2026-11-02 23:05:10,UTC+01:00,2026-11-02 14:00:00,2026-11-02 14:35:00,,14.5,30,35,30,0,0,5,,,86,,true
2026-11-01 22:20:30,2026-11-02 23:05:10,UTC+01:00,2026-11-01 22:20:30,2026-11-02 06:10:00,91,13.9,444,470,222,102,120,26,480,10,94,76,false
";

pub(crate) const WHOOP_CYCLES_IN_SPANISH: &str = "Hora de inicio del ciclo,Hora de finalización del ciclo,Zona horaria del ciclo,Puntuación de recuperación (%),Frecuencia cardíaca en reposo (lpm),Variabilidad de la frecuencia cardíaca (ms),Temp. cutánea (grados centígrados),Oxígeno en sangre %,Esfuerzo del día,Inicio del sueño,Inicio de la vigilia,Frecuencia respiratoria (rpm),Duración del sueño (min),Tempo despierto/a (min),Eficiencia del sueño %
2026-11-01 22:20:30,2026-11-02 23:05:10,UTC+01:00,78,47,65,33.4,96.2,12.4,2026-11-01 22:20:30,2026-11-02 06:10:00,13.9,444,26,94
";

pub(crate) const WHOOP_CYCLES_IN_GERMAN: &str = "Startzeit des Zyklus,Endzeit des Zyklus,Zeitzone des Zyklus,Erholungswert %,Ruheherzfrequenz (Schläge pro Minute),Herzfrequenzvariabilität (ms),Hauttemperatur (Celsius),Blutsauerstoff %,Tagesbelastung,Verbrannte Energie (cal),Max HF (Schläge pro Minute),Durchschnittliche HF (Schläge pro Minute),Beginn des Schlafs,Beginn des Aufwachens,Schlafleistung %,Atemfrequenz (Atemzüge/Min.),Schlafdauer (Min.),Dauer im Bett (Min.),Dauer des Leichtschlafs (Min.),Dauer des Tiefschlafs (Min.),Dauer des REM-Schlafs (Min.),Dauer des Aufwachens (Min.),Schlafbedarf (Min.),Schlafdefizit (Min.),Schlafeffizienz %,Schlafbeständigkeit %
2026-11-01 22:20:30,2026-11-02 23:05:10,UTC+01:00,78,47,65,33.4,96.2,12.4,2300,171,66,2026-11-01 22:20:30,2026-11-02 06:10:00,91,13.9,444,470,222,102,120,26,480,10,94,76
";

pub(crate) const WHOOP_SLEEPS_IN_GERMAN: &str = "Startzeit des Zyklus,Endzeit des Zyklus,Zeitzone des Zyklus,Beginn des Schlafs,Beginn des Aufwachens,Schlafleistung %,Atemfrequenz (Atemzüge/Min.),Schlafdauer (Min.),Dauer im Bett (Min.),Dauer des Leichtschlafs (Min.),Dauer des Tiefschlafs (Min.),Dauer des REM-Schlafs (Min.),Dauer des Aufwachens (Min.),Schlafbedarf (Min.),Schlafdefizit (Min.),Schlafeffizienz %,Schlafbeständigkeit %,Nickerchen
2026-11-01 22:20:30,2026-11-02 23:05:10,UTC+01:00,2026-11-02 14:00:00,2026-11-02 14:35:00,,14.5,30,35,30,0,0,5,,,86,,true
2026-11-01 22:20:30,2026-11-02 23:05:10,UTC+01:00,2026-11-01 22:20:30,2026-11-02 06:10:00,91,13.9,444,470,222,102,120,26,480,10,94,76,false
";

pub(crate) const WHOOP_JOURNAL: &str = "Cycle start time,Cycle end time,Cycle timezone,Question text,Answered yes,Notes
2026-11-01 22:20:30,2026-11-02 23:05:10,UTC+01:00,Consumed caffeine?,true,
2026-11-01 22:20:30,2026-11-02 23:05:10,UTC+01:00,Have any alcoholic drinks?,false,\"with friends, late\"
2026-11-01 22:20:30,2026-11-02 23:05:10,UTC+01:00,Feeling sick or ill?,true,
2026-11-02 23:05:10,,UTC+01:00,Consumed caffeine?,false,yes
2026-11-02 23:05:10,,UTC+01:00,Have any alcoholic drinks?,true,
";

pub(crate) const WHOOP_JOURNAL_IN_GERMAN: &str =
    "Startzeit des Zyklus,Endzeit des Zyklus,Zeitzone des Zyklus,Fragetext,Beantwortet mit Ja,Anmerkungen
2026-11-01 22:20:30,2026-11-02 23:05:10,UTC+01:00,Koffein konsumiert?,true,
2026-11-01 22:20:30,2026-11-02 23:05:10,UTC+01:00,Alkohol konsumiert?,false,
2026-11-01 22:20:30,2026-11-02 23:05:10,UTC+01:00,Dich krank gefühlt?,true,
";

pub(crate) const OURA_SLEEP: &str = "id;average_breath;average_heart_rate;average_hrv;awake_time;bedtime_end;bedtime_start;day;deep_sleep_duration;efficiency;heart_rate;latency;light_sleep_duration;lowest_heart_rate;rem_sleep_duration;time_in_bed;total_sleep_duration;type
a1;14.2;54;65;1800;2026-11-02T06:10:00+01:00;2026-11-01T22:20:00+01:00;2026-11-02;5400;92;\"{\"\"interval\"\": 300, \"\"items\"\": [55, 54]}\";600;13800;48;7200;28200;26400;long_sleep
a2;14.9;60;50;300;2026-11-02T14:35:00+01:00;2026-11-02T14:00:00+01:00;2026-11-02;0;86;;60;1800;55;0;2100;1800;late_nap
a3;0;0;0;0;2026-11-02T20:00:00+01:00;2026-11-02T19:00:00+01:00;2026-11-02;0;0;;0;3000;0;0;0;3000;deleted
";

pub(crate) const OURA_READINESS: &str = "id;contributors;day;score;temperature_deviation;temperature_trend_deviation;timestamp
b1;\"{\"\"hrv_balance\"\": 80}\";2026-11-02;81;-0.2;0.1;2026-11-02T00:00:00+01:00
b2;\"{}\";2026-11-03;77;;;2026-11-03T00:00:00+01:00
";

pub(crate) const OURA_ACTIVITY: &str =
    "id;active_calories;day;equivalent_walking_distance;score;steps;total_calories\nc1;520;2026-11-02;6200;88;8421;2450\n";

pub(crate) const OURA_SPO2: &str =
    "id;breathing_disturbance_index;day;spo2_percentage\nd1;3;2026-11-02;97.4\nd2;2;2026-11-03;\"{\"\"average\"\": 96.5}\"\n";

pub(crate) const OURA_TRENDS: &str = "date,Sleep Score,Total Sleep Time,Awake Time,REM Sleep Time,Light Sleep Time,Deep Sleep Time,Sleep Efficiency,Bedtime Start,Bedtime End,Average Resting Heart Rate,Lowest Resting Heart Rate,Average HRV,Temperature Deviation (°C),Respiratory Rate,Activity Burn,Steps,Readiness Score
2026-11-02,88,26400,1800,7200,13800,5400,92,2026-11-01T22:20:00+01:00,2026-11-02T06:10:00+01:00,54.1,48,65,-0.2,14.2,520,8421,81
";

pub(crate) const OURA_JSON: &str = r#"{"email": "x@example.com",
 "sleep": [{"id": "a1", "day": "2026-11-02", "bedtime_start": "2026-11-01T22:20:00.000+01:00", "bedtime_end": "2026-11-02T06:10:00.000+01:00",
   "average_breath": 14.2, "average_hrv": 65, "lowest_heart_rate": 48, "awake_time": 1800, "deep_sleep_duration": 5400, "efficiency": 92,
   "light_sleep_duration": 13800, "rem_sleep_duration": 7200, "total_sleep_duration": 26400, "type": "long_sleep",
   "heart_rate": {"interval": 300.0, "items": [55.0, 54.0], "timestamp": "x"}, "readiness": {"score": 81, "temperature_deviation": -0.2}}],
 "daily_readiness": [{"day": "2026-11-02", "score": 81, "temperature_deviation": -0.2, "contributors": {"hrv_balance": 80}}],
 "daily_activity": [{"day": "2026-11-02", "steps": 8421, "active_calories": 520, "contributors": {"stay_active": 70}}],
 "daily_sleep": [{"day": "2026-11-02", "score": 88, "contributors": {"deep_sleep": 97}}],
 "daily_spo2": [{"day": "2026-11-02", "spo2_percentage": {"average": 97.4}}]}"#;

pub(crate) const OURA_VERSION_1: &str = r#"{"sleep": [{"summary_date": "2026-11-01", "period_id": 0, "is_longest": 1, "timezone": 60,
   "bedtime_start": "2026-11-01T22:20:00+01:00", "bedtime_end": "2026-11-02T06:10:00+01:00", "total": 26400, "deep": 5400, "rem": 7200,
   "light": 13800, "awake": 1800, "efficiency": 92, "rmssd": 65, "hr_lowest": 48, "hr_average": 54.1, "breath_average": 14.2,
   "temperature_delta": -0.2, "rmssd_5min": [60, 70]}],
 "activity": [{"summary_date": "2026-11-02", "steps": 8421, "cal_active": 520, "score": 88}],
 "readiness": [{"summary_date": "2026-11-01", "period_id": 0, "score": 81}]}"#;

pub(crate) const FITBIT_SLEEP: &str = r#"[{"logId": 44632289206, "dateOfSleep": "2026-11-02", "startTime": "2026-11-01T22:20:00.000", "endTime": "2026-11-02T06:10:00.000",
  "duration": 28200000, "minutesToFallAsleep": 0, "minutesAsleep": 440, "minutesAwake": 30, "minutesAfterWakeup": 0, "timeInBed": 470, "efficiency": 93,
  "type": "stages", "infoCode": 0, "logType": "auto_detected", "mainSleep": true, "levels": {"summary": {
    "deep": {"count": 4, "minutes": 90, "thirtyDayAvgMinutes": 80}, "wake": {"count": 20, "minutes": 30, "thirtyDayAvgMinutes": 40},
    "light": {"count": 30, "minutes": 230, "thirtyDayAvgMinutes": 220}, "rem": {"count": 8, "minutes": 120, "thirtyDayAvgMinutes": 100}},
    "data": [{"dateTime": "2026-11-01T22:20:00.000", "level": "light", "seconds": 180}], "shortData": []}},
 {"logId": 44632289207, "dateOfSleep": "2026-11-02", "startTime": "2026-11-02T14:00:00.000", "endTime": "2026-11-02T14:35:00.000", "minutesAsleep": 30,
  "minutesAwake": 5, "efficiency": 86, "type": "classic", "mainSleep": false, "levels": {"summary": {"restless": {"count": 1, "minutes": 3},
    "awake": {"count": 1, "minutes": 2}, "asleep": {"count": 0, "minutes": 30}}, "data": []}}]"#;

pub(crate) const FITBIT_RESTING_HR: &str = r#"[{"dateTime": "11/01/26 00:00:00", "value": {"date": null, "value": 0.0, "error": 0.0}},
 {"dateTime": "11/02/26 00:00:00", "value": {"date": "11/02/26", "value": 47.23, "error": 6.78}}]"#;

pub(crate) const FITBIT_STEPS: &str = r#"[{"dateTime": "11/02/26 08:00:00", "value": "110"}, {"dateTime": "11/02/26 08:01:00", "value": "90"},
 {"dateTime": "11/02/26 12:00:00", "value": "0"}, {"dateTime": "11/02/26 18:00:00", "value": "50"}]"#;

pub(crate) const FITBIT_WEIGHT: &str = r#"[{"logId": 1, "weight": 176.3, "bmi": 24.69, "fat": 18.5, "date": "11/02/26", "time": "06:58:00", "source": "Aria"},
 {"logId": 2, "weight": 80.5, "bmi": 24.84, "date": "11/03/26", "time": "06:59:00", "source": "API"},
 {"logId": 3, "weight": 80.5, "date": "11/04/26", "time": "06:59:00", "source": "API"}]"#;

pub(crate) const GOOGLE_WEIGHT: &str = "timestamp,weight grams,data source
2026-11-02T19:58:00Z,71200,Aria
2026-11-02T06:58:00Z,70100,Aria
2026-11-02T05:00:00Z,70300,Apple Health Health Kit
";

pub(crate) const GOOGLE_BODY_FAT: &str = "timestamp,body fat percentage,data source\n2026-11-02T06:58:00Z,18.5,Aria\n";

pub(crate) const GOOGLE_FIT_WEIGHT: &str = r#"{"Data Source": "derived:com.google.weight:com.google.android.gms:merge_weight", "Data Points": [
 {"fitValue": [{"value": {"fpVal": 70.1}}], "originDataSourceId": "raw:com.google.weight:com.google.android.apps.fitness:user_input",
  "endTimeNanos": 1793602680000000000, "dataTypeName": "com.google.weight", "startTimeNanos": 1793602680000000000, "modifiedTimeMillis": 1793602681000},
 {"fitValue": [{"value": {"fpVal": 69.9}}], "dataTypeName": "com.google.weight", "startTimeNanos": "1793689080000000000"}]}"#;

pub(crate) const FITBIT_VO2MAX: &str = r#"[{"dateTime": "11/02/26 00:00:00", "value": {"demographicVO2Max": 48.7, "demographicVO2MaxError": 3.0,
  "filteredDemographicVO2Max": 48.6, "filteredDemographicVO2MaxError": 1.0}}]"#;

pub(crate) const FITBIT_HRV: &str = "timestamp,rmssd,nremhr,entropy\n2026-11-02T00:00:00,42.256,50.24,2.392\n2026-11-03T00:00:00,,50.1,2.4\n";

pub(crate) const FITBIT_RESPIRATION: &str = "timestamp,daily_respiratory_rate\n2026-11-02T00:00:00,15.2\n";

pub(crate) const FITBIT_SPO2: &str = "timestamp,average_value,lower_bound,upper_bound\n2026-11-02T00:00:00Z,96.5,93.0,99.9\n";

pub(crate) const GOOGLE_HRV: &str = "timestamp,average heart rate variability milliseconds,non rem heart rate beats per minute,entropy,deep sleep root mean square of successive differences milliseconds,data source
2026-11-02T00:00:00Z,42.256,50.2,2.4,45.0,Fitbit Air
2026-11-02T00:00:00Z,81.5,,,,Apple Health Health Kit
";

pub(crate) const GOOGLE_RESTING_HR: &str = "timestamp,beats per minute,data source\n2026-11-02T00:00:00Z,47.23,Fitbit Air\n";

pub(crate) const GOOGLE_SPO2: &str =
    "timestamp,average percentage,lower bound percentage,upper bound percentage,baseline percentage,standard deviation percentage,data source
2026-11-02T00:00:00Z,96.5,93.2,98.5,0.0,0.0,Fitbit Air
";

pub(crate) const FITBIT_READINESS: &str =
    "date,readiness_score_value,readiness_state,activity_subcomponent,sleep_subcomponent,hrv_subcomponent\n2026-11-02,64,MEDIUM,60,70,62\n";

pub(crate) const GARMIN_SLEEP: &str = r#"[{"sleepStartTimestampGMT": "2026-11-01T21:20:00.0", "sleepEndTimestampGMT": "2026-11-02T05:10:00.0", "calendarDate": "2026-11-02",
  "sleepWindowConfirmationType": "ENHANCED_CONFIRMED_FINAL", "deepSleepSeconds": 5400, "lightSleepSeconds": 13800, "remSleepSeconds": 7200,
  "awakeSleepSeconds": 1800, "unmeasurableSeconds": 0, "averageRespiration": 14.41, "restlessMomentCount": 42, "retro": false,
  "napList": [{"userProfilePK": 1, "calendarDate": "2026-11-02", "napTimeSec": 1800, "napStartTimestampGMT": "2026-11-02T13:00:00.0",
    "napEndTimestampGMT": "2026-11-02T13:32:00.0", "napFeedback": "IDEAL_DURATION_LOW_NEED", "napSource": 1}],
  "spo2SleepSummary": {"averageSPO2": 95.8, "lowestSPO2": 88}, "sleepScores": {"overallScore": 87}},
 {"sleepStartTimestampGMT": "2026-11-02T21:20:00.0", "sleepEndTimestampGMT": "2026-11-03T05:10:00.0", "calendarDate": "2026-11-03",
  "sleepWindowConfirmationType": "OFF_WRIST", "deepSleepSeconds": 0, "lightSleepSeconds": 0, "awakeSleepSeconds": 0, "retro": false}]"#;

pub(crate) const GARMIN_DAYS: &str = r#"[{"userProfilePK": 1, "calendarDate": "2026-11-02", "totalSteps": 9421, "dailyStepGoal": 8000, "activeKilocalories": 612.0,
  "wellnessStartTimeGmt": "2026-11-01T23:00:00.0", "wellnessStartTimeLocal": "2026-11-02T00:00:00.0", "wellnessEndTimeGmt": "2026-11-02T23:00:00.0",
  "restingHeartRate": 48, "currentDayRestingHeartRate": 47, "minHeartRate": 44, "allDayStress": {"userProfilePK": 1, "calendarDate": "2026-11-02",
  "aggregatorList": [{"type": "TOTAL", "averageStressLevel": 27, "maxStressLevel": 93}, {"type": "AWAKE", "averageStressLevel": 35},
  {"type": "ASLEEP", "averageStressLevel": 15}]}, "bodyBattery": {"bodyBatteryStatList": [{"bodyBatteryStatType": "HIGHEST", "statsValue": 90}]}},
 {"userProfilePK": 1, "calendarDate": "2026-11-03", "totalSteps": 0, "allDayStress": {"aggregatorList": [{"type": "TOTAL", "averageStressLevel": -2}]}}]"#;

pub(crate) const GARMIN_BODY: &str = r#"[{"metaData": {"userProfilePK": 1, "calendarDate": "2026-11-01T13:12:22.9", "sequence": 1}, "version": 1, "userSetNullForHeight": true},
 {"metaData": {"userProfilePK": 1, "calendarDate": "2026-11-01T13:14:00.0", "sequence": 4}, "version": 4, "height": 178.0},
 {"metaData": {"userProfilePK": 1, "calendarDate": "2026-11-02T18:00:00.0", "sequence": 3}, "version": 3, "weight": {"weight": 71200.0, "sourceType": "MANUAL"}},
 {"metaData": {"userProfilePK": 1, "calendarDate": "2026-11-02T06:00:00.0", "sequence": 2}, "version": 2, "weight": {"weight": 70100.0, "sourceType": "INDEX_SCALE"}}]"#;

pub(crate) const GARMIN_HEALTH: &str = r#"[{"userProfilePk": 1, "calendarDate": "2026-11-02", "outliersCount": 0, "metrics": [
  {"type": "HR", "value": 46.0, "baselineUpperLimit": 50.0, "baselineLowerLimit": 44.0, "percentage": 50.0, "status": "IN_RANGE"},
  {"type": "HRV", "value": 65.0, "baselineUpperLimit": 74.0, "baselineLowerLimit": 52.0, "percentage": 50.0, "status": "IN_RANGE"},
  {"type": "SPO2", "value": 95.0}]}]"#;

pub(crate) const GARMIN_READINESS: &str = r#"[{"userProfilePK": 1, "calendarDate": "2026-11-02", "timestamp": "2026-11-02T17:16:08.0", "timestampLocal": "2026-11-02T18:16:08.0",
  "inputContext": "AFTER_POST_EXERCISE_RESET", "level": "LOW", "score": 40, "feedbackShort": "TAKE_IT_EASY", "sleepScore": 84},
 {"userProfilePK": 1, "calendarDate": "2026-11-02", "timestamp": "2026-11-02T05:16:08.0", "timestampLocal": "2026-11-02T06:16:08.0",
  "inputContext": "AFTER_WAKEUP_RESET", "level": "HIGH", "score": 80, "feedbackShort": "READY_FOR_THE_DAY", "sleepScore": 84}]"#;

pub(crate) const GARMIN_VO2MAX: &str = r#"[{"userProfilePK": 1, "calendarDate": "2026-11-02", "sport": "RUNNING", "vo2MaxValue": 54.0, "maxMet": 15.4},
 {"userProfilePK": 1, "calendarDate": "2026-11-03", "sport": "CYCLING", "vo2MaxValue": 58.0, "maxMet": 16.5}]"#;

pub(crate) const POLAR_SLEEP: &str = r#"[{"night": "2026-11-02", "evaluation": {"sleepType": "SLEEP_PLUS_STAGES", "sleepSpan": "PT7H50M", "asleepDuration": "PT7H20M", "age": 36,
  "analysis": {"efficiencyPercent": 93.6, "continuityIndex": 4.2, "continuityClass": 4, "feedback": 11111},
  "interruptions": {"totalDuration": "PT30M", "longDuration": "PT20M", "shortDuration": "PT10M", "totalCount": 3},
  "phaseDurations": {"wake": "PT30M", "rem": "PT2H", "light": "PT3H50M", "deep": "PT1H30M", "unknown": "PT0S", "remPercentage": 27.3}},
  "sleepResult": {"hypnogram": {"sleepStart": "2026-11-01T22:20:00+01:00", "sleepEnd": "2026-11-02T06:10:00+01:00", "rating": "SLEPT_WELL",
  "sleepStateChanges": [{"offsetFromStart": "PT0S", "state": "WAKE"}, {"offsetFromStart": "PT10M", "state": "NONREM2"}]}}}]"#;

pub(crate) const POLAR_RECOVERY: &str = r#"[{"night": "2026-11-02", "meanNightlyRecoveryRri": 1250, "meanNightlyRecoveryRmssd": 65, "meanNightlyRecoveryRespirationInterval": 4000,
  "ansRate": 4, "ansStatus": 1.5, "recoveryIndicator": 5, "recoveryIndicatorSubLevel": 2, "meanBaselineRmssd": 60}]"#;

pub(crate) const POLAR_ACTIVITY: &str = r#"{"exportVersion": "1.1", "date": "2026-11-02", "summary": {"startTime": "00:00:00", "endTime": "23:59:30", "stepCount": 8421,
  "stepsDistance": 6200.0, "calories": 2450, "sleepDuration": "PT7H20M"}, "samples": {"mets": [{"localTime": "00:00:00", "value": 0.875}],
  "steps": [{"localTime": "08:00:00", "value": 110}]}, "physicalInformation": {"sex": "MALE", "weight, kg": 70.0, "vo2Max": 54}}"#;

/// Each with the path that it has in an archive.
pub(crate) const ALL: [(Format, &str, &str); 39] = [
    (Format::AppleHealth, "apple_health_export/export.xml", APPLE),
    (Format::WhoopCycles, "physiological_cycles.csv", WHOOP_CYCLES),
    (Format::WhoopCycles, "es/physiological_cycles.csv", WHOOP_CYCLES_IN_SPANISH),
    (Format::WhoopCycles, "de/physiologische_zyklen.csv", WHOOP_CYCLES_IN_GERMAN),
    (Format::WhoopSleeps, "sleeps.csv", WHOOP_SLEEPS),
    (Format::WhoopSleeps, "de/Schlaf.csv", WHOOP_SLEEPS_IN_GERMAN),
    (Format::WhoopJournal, "journal_entries.csv", WHOOP_JOURNAL),
    (Format::WhoopJournal, "de/Journaleinträge.csv", WHOOP_JOURNAL_IN_GERMAN),
    (Format::OuraTable, "App Data/sleepmodel.csv", OURA_SLEEP),
    (Format::OuraReadiness, "App Data/dailyreadiness.csv", OURA_READINESS),
    (Format::OuraTable, "App Data/dailyactivity.csv", OURA_ACTIVITY),
    (Format::OuraTable, "App Data/dailyspo2.csv", OURA_SPO2),
    (Format::OuraTable, "oura_trends.csv", OURA_TRENDS),
    (Format::OuraJson, "oura_2026.json", OURA_JSON),
    (Format::OuraJson, "oura_2020.json", OURA_VERSION_1),
    (Format::FitbitSleep, "Takeout/Fitbit/Global Export Data/sleep-2026-10-15.json", FITBIT_SLEEP),
    (Format::FitbitRestingHr, "Takeout/Fitbit/Global Export Data/resting_heart_rate-2026-01-01.json", FITBIT_RESTING_HR),
    (Format::FitbitSteps, "Takeout/Fitbit/Global Export Data/steps-2026-10-15.json", FITBIT_STEPS),
    (Format::FitbitWeight, "Takeout/Fitbit/Global Export Data/weight-2026-10-15.json", FITBIT_WEIGHT),
    (Format::FitbitVo2max, "Takeout/Fitbit/Global Export Data/demographic_vo2_max-2026-01-01.json", FITBIT_VO2MAX),
    (Format::FitbitNightly, "Takeout/Fitbit/Heart Rate Variability/Daily Heart Rate Variability Summary - 2026-11-(2).csv", FITBIT_HRV),
    (Format::FitbitNightly, "Takeout/Fitbit/Heart Rate Variability/Daily Respiratory Rate Summary - 2026-11-02.csv", FITBIT_RESPIRATION),
    (Format::FitbitNightly, "Takeout/Fitbit/Oxygen Saturation (SpO2)/Daily SpO2 - 2026-10-01-2026-12-31.csv", FITBIT_SPO2),
    (Format::FitbitNightly, "Takeout/Google Health/Physical Activity_GoogleData/daily_heart_rate_variability.csv", GOOGLE_HRV),
    (Format::FitbitNightly, "Takeout/Google Health/Physical Activity_GoogleData/daily_resting_heart_rate.csv", GOOGLE_RESTING_HR),
    (Format::FitbitNightly, "Takeout/Google Health/Physical Activity_GoogleData/daily_oxygen_saturation.csv", GOOGLE_SPO2),
    (Format::GoogleBody, "Takeout/Google Health/Physical Activity_GoogleData/weight.csv", GOOGLE_WEIGHT),
    (Format::GoogleBody, "Takeout/Google Health/Physical Activity_GoogleData/body_fat_2026-11-01.csv", GOOGLE_BODY_FAT),
    (Format::GoogleFitWeight, "Takeout/Fit/All Data/derived_com.google.weight_com.google.android.gms_merge_weight.json", GOOGLE_FIT_WEIGHT),
    (Format::FitbitReadiness, "Takeout/Fitbit/Daily Readiness/Daily Readiness Score - 2026-11-01.csv", FITBIT_READINESS),
    (Format::GarminSleep, "DI_CONNECT/DI-Connect-Wellness/2026-08-01_2026-11-09_1_sleepData.json", GARMIN_SLEEP),
    (Format::GarminDays, "DI_CONNECT/DI-Connect-Aggregator/UDSFile_2026-08-01_2026-11-09.json", GARMIN_DAYS),
    (Format::GarminBody, "DI_CONNECT/DI-Connect-Wellness/1_userBioMetrics.json", GARMIN_BODY),
    (Format::GarminHealth, "DI_CONNECT/DI-Connect-Wellness/2026-08-01_2026-11-09_1_healthStatusData.json", GARMIN_HEALTH),
    (Format::GarminReadiness, "DI_CONNECT/DI-Connect-Metrics/TrainingReadinessDTO_20260801_20261109_1.json", GARMIN_READINESS),
    (Format::GarminVo2max, "DI_CONNECT/DI-Connect-Metrics/MetricsMaxMetData_20260801_20261109_1.json", GARMIN_VO2MAX),
    (Format::PolarSleep, "sleep_result_1-00000000-0000-0000-0000-000000000000.json", POLAR_SLEEP),
    (Format::PolarRecovery, "nightly_recovery_1-00000000-0000-0000-0000-000000000000.json", POLAR_RECOVERY),
    (Format::PolarActivity, "activity-2026-11-02-00000000-0000-0000-0000-000000000000.json", POLAR_ACTIVITY),
];
