/// Reports of results made by hand: what JSON, CSV and summaries say of them.

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/analysis/analysis_result.hpp>
#include <deepmaacc/analysis/comparison.hpp>
#include <deepmaacc/analysis/subject_summary.hpp>
#include <deepmaacc/report/csv.hpp>
#include <deepmaacc/report/json.hpp>
#include <deepmaacc/report/repeated_runs.hpp>
#include <deepmaacc/report/report.hpp>
#include <deepmaacc/report/settings.hpp>
#include <deepmaacc/report/summary.hpp>
#include <deepmaacc/report/text_table.hpp>
#include <limits>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace dm = deepmaacc;
using dm::report::report;

dm::mutant mutant_of(std::size_t layer, std::vector<std::size_t> neurons, double weight) {
  dm::mutant one;
  one.layer = layer;
  one.neurons = std::move(neurons);
  one.weight = weight;
  return one;
}

/// Makes a result one about something else: `change` is given a copy of what it is about.
template <class Change>
void change_subject(dm::analysis_result& run, const Change& change) {
  dm::subject_summary changed = *run.subject;
  change(changed);
  run.subject = std::make_shared<const dm::subject_summary>(std::move(changed));
}

/// Two mutants under two rules: the first kills classes 0 and 2 of 3 and counts once, the second class 1 and counts `weight` times.
dm::analysis_result result(double weight, dm::setting_list setting = {}, std::string method = "mine") {
  dm::analysis_result run;
  run.method = std::move(method);
  run.setting = std::move(setting);
  run.layers_mutated = dm::population::hidden;
  run.engine = dm::engine::resumable{};
  run.execution_space = "OpenMP";
  run.threads = 2;
  dm::layer_description hidden, output;
  hidden.name = "hidden";
  hidden.kind = "Dense";
  hidden.neurons = 9;
  output.name = "output";
  output.kind = "Dense";
  output.neurons = 3;
  output.is_output = true;
  dm::subject_summary subject;
  subject.layers = {hidden, output};
  subject.operators = {{"nai", {}, "negated"}};
  subject.kill_rules = {"predicted-class", "any-flip"};
  subject.outcome = "arg-max";
  subject.inputs = subject.decisions = 10;
  subject.correct = 8;
  subject.classes = 3;
  run.subject = std::make_shared<const dm::subject_summary>(std::move(subject));
  run.mutants = {mutant_of(0, {4}, 1), mutant_of(0, {0, 1, 2, 3, 5, 6}, weight)};
  run.mutants_total = 9;
  run.kills = dm::kill_matrix(2);
  run.kills.add_rule("predicted-class", 3);
  run.kills.add_rule("any-flip", 1);
  for (const auto& [which, cell] : {std::pair<std::size_t, std::size_t>{0, 0}, {0, 2}, {1, 1}}) run.kills.set(0, which, cell, true, false);
  run.kills.set(1, 0, 0, true, false);
  run.kills.set_flips(0, 4);
  run.kills.set_flips(1, 2);
  for (std::size_t rule = 0; rule < 2; ++rule) run.scores.push_back(dm::score_of(run.kills, rule, run.mutants));
  run.seconds.golden = 0.25;
  run.seconds.evaluate = 0.5;
  return run;
}

report report_of(std::vector<dm::analysis_result> runs) {
  report whole;
  whole.model_file = "model.keras";
  whole.precision = "float32";
  whole.runs = std::move(runs);
  return whole;
}

template <class... More>
std::string written(void (*write)(std::ostream&, const report&, More...), const report& whole, More... more) {
  std::ostringstream out;
  write(out, whole, more...);
  return out.str();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(reports)

BOOST_AUTO_TEST_CASE(numbers_are_written_with_the_fewest_digits) {
  using dm::number_text;
  BOOST_TEST(number_text(3) == "3");
  BOOST_TEST(number_text(0.1) == "0.1");
  BOOST_TEST(number_text(-2.5) == "-2.5");
  BOOST_TEST(number_text(1e6) == "1000000");
  BOOST_TEST(number_text(0) == "0");
  BOOST_TEST(dm::is_whole(0x1p53));
  BOOST_TEST(!dm::is_whole(0x1p54));
  BOOST_TEST(!dm::is_whole(0.5));
  BOOST_TEST(!dm::is_whole(std::numeric_limits<double>::infinity()));
  BOOST_TEST(!dm::is_whole(std::numeric_limits<double>::quiet_NaN()));
}

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_their_characters) {
  dm::report::text_table table;
  table.column("layer", true).column("kind", true).column("rate");
  table.row({"größe", "Conv2D", "–"});
  table.row({"dense", "DepthwiseConv2D", "0.25"});
  std::ostringstream out;
  table.write(out);
  BOOST_TEST(out.str() ==
             "  layer  kind             rate\n"
             "  größe  Conv2D              –\n"
             "  dense  DepthwiseConv2D  0.25\n");
  BOOST_TEST(table.width() == 30U);
}

BOOST_AUTO_TEST_CASE(summaries_have_columns_for_long_names_and_names_beyond_ascii) {
  auto run = result(4);
  change_subject(run, [](dm::subject_summary& subject) {
    subject.layers[0].name = "größe";
    subject.layers[0].kind = "DepthwiseConv2D";
  });
  const auto text = written(dm::report::write_summary, report_of({run}));
  BOOST_TEST(has(text, "  layer  kind             neurons  mutants  surviving   score\n"));
  BOOST_TEST(has(text, "  größe  DepthwiseConv2D        9        2          0  0.4000\n"));
  BOOST_TEST(has(text, "  kill rule         score  killed  possible  borderline\n"));
}

BOOST_AUTO_TEST_CASE(of_many_classes_the_first_are_listed) {
  auto run = result(4);
  const auto never_correct = [&](std::size_t count) {
    change_subject(run, [&](dm::subject_summary& subject) {
      for (std::size_t c = subject.classes_never_correct.size(); c < count; ++c) subject.classes_never_correct.push_back(c);
    });
  };
  never_correct(20);
  const std::string start = "which no test can speak for: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19";
  BOOST_TEST(has(written(dm::report::write_summary, report_of({run})), start + "\n"));
  never_correct(1000);
  BOOST_TEST(has(written(dm::report::write_summary, report_of({run})), start + " … and 980 more; the JSON report lists them all\n"));
}

BOOST_AUTO_TEST_CASE(json_has_integers_for_whole_numbers_only) {
  const auto whole = dm::report::to_json(report_of({result(4), result(1.5)}), true);
  const auto& rule = whole["runs"][0]["kill_rules"][0];
  BOOST_TEST(rule["killed"].is_number_integer());
  BOOST_TEST(rule["killed"] == 2 + 4);
  BOOST_TEST(rule["possible"] == 3 + 12);
  BOOST_TEST(whole["runs"][0]["mutant_list"][1]["weight"].dump() == "4");
  BOOST_TEST(whole["runs"][0]["average_error_rate"].get<double>() == (0.5 + 4 * 0.25) / 5);
  BOOST_TEST(whole["runs"][1]["kill_rules"][0]["killed"].dump() == "3.5");
  BOOST_TEST(whole["runs"][1]["mutant_list"][1]["weight"].dump() == "1.5");
  BOOST_TEST(whole["seconds"]["golden"] == 0.25);  // once, not per run
  BOOST_TEST(whole["oracle"] == "labels");
  BOOST_TEST(whole["precision"] == "float32");
  report unknown = report_of({result(1)});
  unknown.precision.clear();
  BOOST_TEST(dm::report::to_json(unknown)["precision"].is_null());
}

BOOST_AUTO_TEST_CASE(json_lists_settings_and_clusters) {
  auto run = result(6, {{"threshold", 0.6}, {"size", 3.0}, {"mode", std::string("paper")}});
  run.clusters.resize(2);
  run.clusters[0].mutants = {mutant_of(0, {4}, 1)};
  run.clusters[0].representative = 0;
  run.clusters[1].neurons = {0, 1, 2, 3, 5, 6};
  run.cluster_of = {0, 1};
  const auto whole = dm::report::to_json(report_of({run}), true)["runs"][0];
  BOOST_TEST(whole["setting"].dump() == R"({"threshold":0.6,"size":3,"mode":"paper"})");
  BOOST_TEST(whole["clusters"][0].dump() == R"({"layer":"hidden","mutants":[{"neuron":4,"operator_index":0}],"representative":0})");
  BOOST_TEST(whole["clusters"][1].dump() == R"({"layer":"hidden","neurons":[0,1,2,3,5,6],"representative":null})");
  BOOST_TEST(whole["mutant_list"][1]["cluster"] == 1);
  BOOST_TEST(dm::report::to_json(report_of({result(1)}), true)["runs"][0]["mutant_list"][0]["cluster"].is_null());
  BOOST_TEST(!dm::report::to_json(report_of({run}))["runs"][0].contains("clusters"));
}

BOOST_AUTO_TEST_CASE(reports_name_the_layers_that_are_mutated) {
  auto run = result(1);
  dm::layer_description more;
  more.name = "dense, wide";
  more.neurons = 2;
  change_subject(run, [&](dm::subject_summary& subject) { subject.layers.insert(subject.layers.begin() + 1, more); });
  const auto check = [&](const dm::layer_selection& chosen, const std::string& json, const std::string& rows, const std::string& header) {
    run.layers_mutated = chosen;
    const auto described = dm::report::to_json(report_of({run}))["runs"][0];
    BOOST_TEST("{" + described["population"].dump() + "," + described["layers"].dump() + "}" == json);
    const std::string csv = written(dm::report::write_csv, report_of({run}), false);
    BOOST_TEST(has(csv, ",average_error_rate,layers\n"));
    BOOST_TEST(has(csv, rows + "\n"));
    BOOST_TEST(has(csv, ",mine," + json.substr(2, json.find('"', 2) - 2) + ","));
    BOOST_TEST(has(written(dm::report::write_summary, report_of({run})), "\nmine, " + header + ": 2 of 9 mutants ("));
    BOOST_TEST(has(written(dm::report::write_summary, report_of({run, run})), "\nmine, " + header + ": 9 mutants\n"));
  };
  check(dm::population::all, R"({"all",["hidden","dense, wide","output"]})", ",\"hidden,dense, wide,output\"", "all layers");
  check(dm::population::hidden, R"({"hidden",["hidden","dense, wide"]})", ",\"hidden,dense, wide\"", "hidden layers");
  check({"output"}, R"({"selected",["output"]})", ",output", "layers output");
  check({"hidden", "output"}, R"({"selected",["hidden","output"]})", ",\"hidden,output\"", "layers hidden, output");
  // Runs of other layers are another group, and no repeat.
  auto other = result(1, {{"repeat", 0.0}}), same = result(1, {{"repeat", 1.0}});
  other.layers_mutated = {"hidden"};
  BOOST_TEST(dm::report::sum_up_repeats({other, same}).size() == 2U);
  BOOST_TEST(has(written(dm::report::write_summary, report_of({other, same})), "mine, layers hidden: 9 mutants"));
}

BOOST_AUTO_TEST_CASE(repeats_are_summed_up_by_setting) {
  const auto repeat = [](double weight, double size, double number) { return result(weight, {{"size", size}, {"repeat", number}}); };
  const std::vector<dm::analysis_result> runs{repeat(1, 2, 0), repeat(4, 2, 1), repeat(1, 3, 0), result(1, {{"size", 2.0}}),
                                              repeat(9, 2, 2)};
  const auto found = dm::report::sum_up_repeats(runs);
  BOOST_TEST_REQUIRE(found.size() == 2U);
  BOOST_TEST((found[0].runs == std::vector<std::size_t>{0, 1, 4}));
  BOOST_TEST((found[1].runs == std::vector<std::size_t>{2}));
  BOOST_TEST(found[0].of_rules[0].mean == (3.0 / 6 + 6.0 / 15 + 11.0 / 30) / 3);
  BOOST_TEST(found[0].of_rules[1].mean == (1.0 / 2 + 1.0 / 5 + 1.0 / 10) / 3);
  const auto whole = dm::report::to_json(report_of(runs))["repeats"];
  BOOST_TEST(whole[0]["setting"].dump() == R"({"size":2})");
  BOOST_TEST(whole[0]["kill_rules"][0]["low"].is_number());
  BOOST_TEST(dm::report::json::parse(whole.dump())[1]["kill_rules"][0]["low"].is_null());  // infinite
  BOOST_TEST(dm::report::to_json(report_of({result(1)}))["repeats"].empty());
}

BOOST_AUTO_TEST_CASE(an_error_against_nothing_killed_is_null) {
  report whole = report_of({result(1), result(1)});
  dm::report::compared_run one;
  one.exhaustive_run = 1;
  one.found.method = "mine";
  one.found.rules = {{"predicted-class", {0, 0.5}, {}, {}}, {"any-flip", {0.5, 0.25}, {}, {}}};
  one.published = {{1, 0.5}, {1, 0.25}};
  whole.comparisons = {one};
  const auto found = dm::report::json::parse(written(dm::report::write_json, whole, false))["comparison"][0];
  BOOST_TEST(found["kill_rules"][0]["error_relative"].is_null());
  BOOST_TEST(found["kill_rules"][0]["error_absolute"] == 0.5);
  BOOST_TEST(found["kill_rules"][1]["error_relative"] == 0.5);
  BOOST_TEST(found["kill_rules"][1]["published"]["error_relative"] == 0.75);
  BOOST_TEST(found["speed_up"]["total"].is_null());
  whole.comparisons[0].published.clear();
  BOOST_TEST(dm::report::to_json(whole)["comparison"][0]["kill_rules"][0]["published"].is_null());
}

BOOST_AUTO_TEST_CASE(csv_has_settings_and_repeats_at_the_end) {
  auto run = result(1.5, {{"size", 3.0}, {"mode", std::string("a, b")}, {"repeat", 2.0}});
  run.cluster_of = {1, 0};
  run.clusters.resize(2);
  const std::string rows = written(dm::report::write_csv, report_of({run}), false);
  BOOST_TEST(has(rows, "predicted-class,3.5,7.5,"));
  BOOST_TEST(has(rows, ",0.25,0.5,\"size=3;mode=a, b\",2,0.3"));
  const std::string mutants = written(dm::report::write_csv, report_of({run}), true);
  BOOST_TEST(has(mutants, "model.keras,mine,hidden,0 1 2 3 5 6,nai,1.5,predicted-class,1,,\"size=3;mode=a, b\",2,0\n"));
  BOOST_TEST(has(written(dm::report::write_csv, report_of({result(1)}), true), ",0 2,,,,\n"));
}

BOOST_AUTO_TEST_CASE(summaries_shorten_what_is_long) {
  auto run = result(1.5, {{"size", 3.0}});
  run.kills.set(0, 1, 1, false, false);
  const std::string single = written(dm::report::write_summary, report_of({run}));
  BOOST_TEST(has(single, "hidden[0, 1, 2, 3, ... of 6] nai\n"));
  BOOST_TEST(has(single, "\n  size 3\n"));
  std::vector<dm::analysis_result> many;
  for (std::size_t i = 0; i < 45; ++i) many.push_back(result(1, {{"size", static_cast<double>(i)}, {"mode", std::string("same")}}));
  const std::string table = written(dm::report::write_summary, report_of(many));
  BOOST_TEST(has(table, "\n  mode same\n"));
  BOOST_TEST(has(table, "\n   39    39 "));
  BOOST_TEST(!has(table, "\n   40    40 "));
  BOOST_TEST(has(table, "… and 5 more"));
  many[3].seconds.evaluate.reset();
  BOOST_TEST(!has(written(dm::report::write_summary, report_of(many)), "seconds\n"));
  BOOST_TEST(has(table, "seconds\n"));
}

BOOST_AUTO_TEST_CASE(tables_are_as_wide_as_their_cells) {
  dm::report::text_table table;
  table.column("name", true).column("n");
  table.row({"a", "1000"});
  table.row({"abcdef", "2"});
  std::ostringstream out;
  table.write(out, 1);
  BOOST_TEST(out.str() == "  name       n\n  a       1000\n  … and 1 more; the JSON and CSV reports list them all\n");
  BOOST_TEST(table.width() == 14U);
}

BOOST_AUTO_TEST_SUITE_END()
