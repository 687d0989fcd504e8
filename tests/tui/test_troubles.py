"""The 26 troubles that three people met in the app, each with the tests that keep it away.

What has no better place is tested here.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netsandbox.tui.i18n import set_language
from netsandbox.tui.options import Options
from netsandbox.tui.topology.model import Place
from tests.tui.app_harness import Stage, stage
from tests.tui.harness import screen_text

TESTS = Path(__file__).resolve().parents[1]
TROUBLES = {
    1: ("the palette entered twice ends the app", "tui/test_unbroken.py::test_the_palette_entered_twice_closes_once"),
    2: ("a mistyped FROM is ping's hop", "commands/test_names_help.py::test_a_node_that_is_nearly_there"),
    3: ("a port that is down is no port", "tui/test_troubles.py::test_a_port_that_is_down_is_not_told_away"),
    4: ("a failing set-up is silent", "tui/test_troubles.py::test_a_set_up_that_fails_says_which_line_and_why"),
    5: ("a lesson's table is not shown", "tui/test_lesson.py::test_the_panes_follow_the_lesson"),
    6: ("letters after ctrl+u are lost", "tui/test_typing.py::test_letters_after_ctrl_u_in_one_burst_are_kept"),
    7: ("ctrl+r runs what was not shown",
        "tui/test_typing.py::test_ctrl_r_searches_older_lines_for_what_is_typed_after_it_and_enter_runs_the_one_shown"),
    8: ("a screenshot fails without a reason",
        "tui/test_surface.py::test_a_picture_is_written_to_a_path_of_ones_choice"),
    9: ("--help makes a folder", "tui/test_shots.py::test_an_option_is_no_place_to_write_to"),
    10: ("the layout moves while one types", "tui/test_troubles.py::test_nothing_moves_while_somebody_types"),
    11: ("p types a p after load", "tui/test_troubles.py::test_after_load_the_keys_do_what_the_pane_says"),
    12: ("after an unmet goal p pings", "tui/test_lesson.py::test_goals_are_met_as_one_types_and_the_lesson_ends"),
    13: ("Chinese is half English", "explain/test_words_whole.py::test_errors_have_chinese_words"),
    14: ("a switch has two names", "tui/test_segments.py::test_vlans_are_a_tab_and_a_switch_has_one_name"),
    15: ("why port names no container", "commands/test_names_help.py::test_why_port_names_the_container"),
    16: ("a filter takes any name", "tui/test_surface.py::test_names_that_nothing_has"),
    17: ("a browser wants a click first",
         "tui/test_browser.py::test_keys_work_without_a_click_and_what_is_copied_is_on_the_clipboard"),
    18: ("two pings interleave", "tui/test_jobs.py::test_two_pings_never_interleave_unlabelled"),
    19: ("a line in the past cuts without a word",
         "tui/test_typing.py::test_a_line_typed_in_the_past_says_that_it_begins_a_branch_and_undo_leads_back"),
    20: ("narration stays after a rewind", "tui/test_lesson.py::test_narration_goes_when_time_goes_back"),
    21: ("permanent rows hide the learned ones", "tui/test_troubles.py::test_learned_addresses_come_first"),
    22: ("a hub's hosts differ by language",
         "tui/test_topology_room.py::test_boxes_stand_alike_in_both_languages",
         "tui/test_topology_room.py::test_a_two_port_bridge_stands_between_its_hubs"),
    23: ("no addresses beside half an empty pane", "tui/test_topology_room.py::test_whole_addresses_where_they_fit",
         "tui/test_troubles.py::test_layers_are_wide_enough_for_both_macs"),
    24: ("long and short forms in one column", "tui/test_troubles.py::test_one_form_of_text_in_a_column"),
    25: ("labels eat boxes", "tui/test_topology_room.py::test_labels_eat_no_box"),
    26: ("boxes do not meet in the picture", "tui/test_shots.py::test_boxes_meet"),
}
READERS = (
    ("a frame's label lies over the hub where another host's link meets it",
     "tui/test_reader_5.py::test_a_frame_s_label_covers_no_other_link_where_it_has_another_place"),
    ("at 200×50 key 9 beside a lesson makes five narrow panes",
     "tui/test_reader_5.py::test_in_a_wide_terminal_branches_stand_beside_a_lesson_with_room"),
    ("frames of expect reach have numbers that why does not know, and times to come",
     "tui/test_reader_5.py::test_frames_of_a_copy_have_no_numbers_of_the_lab_s"),
    ("behind a branch's new name the head still says that b2 begins",
     "tui/test_reader_5.py::test_that_a_branch_begins_is_over_with_the_next_line"),
    ("a lesson says what the tutorial lists, which nobody has seen",
     "tui/test_reader_5.py::test_no_lesson_speaks_of_a_tutorial_that_its_reader_has_not"),
    ("。 of an input method is no key, though ： and ／ are",
     "tui/test_reader_5.py::test_what_an_input_method_makes_of_a_key_is_the_key"),
    ("half-width brackets stand beside full-width ones in the layers",
     "tui/test_reader_5.py::test_a_number_behind_a_name_is_in_brackets_of_one_width_in_chinese_layers"),
    ("a ping of mine between two steps, and goals that only look count it: p, r and h say nothing of how to go on",
     "tui/test_reader_5.py::test_goals_that_a_line_of_one_s_own_upset_name_the_lesson_s_line"),
    ("at 80×24 nginx-1 and nginx-2 are both ⇒nginx…:eth0, and of 不可达 the 不可达 is cut",
     "tui/test_log_store.py::test_a_small_pane_tells_two_containers_apart",
     "tui/test_log_store.py::test_in_the_narrowest_column_what_matters_is_not_what_is_cut"),
    ("of several sessions one block is headed by the scenario's title and another by its file",
     "scenarios/test_hand_ins.py::test_each_session_of_a_scenario_is_told_of_under_its_title"),
    ("a lesson that is saved is not found any more by its topics, and does not say what was learned",
     "session/test_keeping.py::test_a_lesson_that_is_saved_keeps_what_it_is_found_by_and_ends_with_also_behind_a_recovery"),
    ("the output begins with what was printed first, and nothing says that there is more below",
     "tui/test_reader_5.py::test_the_output_says_that_there_is_more_below"),
    ("goals that nobody has worked at yet stand in the lesson and in the output",
     "tui/test_reader_5.py::test_what_a_task_wants_is_not_told_in_the_output_too_before_anything_was_done"),
    ("a frame that a bridge's disabled port drops is ✗ 端口未开, as a closed TCP port",
     "explain/test_words_whole.py::test_what_the_log_says_in_chinese_leads_to_its_filter"),
    ("the picture shrinks for good when a docker-proxy carries, whose box has no room in it",
     "tui/test_published.py::test_a_proxy_that_has_no_room_makes_nothing_else_smaller"),
    ("a DROP for everybody meets the task to let some in, and a container that only runs the one to survive restarts",
     "scenarios/test_check.py::test_another_deed_than_the_task_asks_for_does_not_meet_its_goals"),
    ("web .3▶db in the picture reads as one name",
     "tui/test_reader_5.py::test_the_mark_of_a_container_stands_apart_from_the_name_before_it"),
    ("host 192.168.1.1 takes packets of another address of the same node",
     "tui/test_log_filter.py::test_an_address_is_that_of_the_packet_and_not_another_one_of_its_sender"),
    ("at 80×24 the lesson hides what its step has printed, which is the point of the step",
     "tui/test_reader_5.py::test_a_lesson_that_hides_the_output_shows_what_its_step_has_printed"),
    ("of a chain of causes lines are folded twice, and one character stands alone",
     "tui/test_reader_5.py::test_of_a_chain_of_causes_no_line_is_folded_twice"),
    ("help filter at 80×24 has a short line in the middle of a paragraph",
     "tui/test_reader_5.py::test_paragraphs_of_a_page_are_broken_once"),
    ("right in the layers moves the tree aside, for all frames that come",
     "tui/test_detail_pane.py::test_right_unfolds_a_layer_and_left_folds_it_and_another_frame_is_seen_from_its_left_edge"),
    ("ctrl+f SYN finds no row, and the filter sends from syn to a host of that name",
     "tui/test_reader_5.py::test_a_search_finds_flags_by_their_names",
     "tui/test_log_filter.py::test_of_a_flag_it_is_told_how_it_is_found"),
    ("c, a late answer, makes conditions of the goals of all steps that come, without a word",
     "tui/test_reader_5.py::test_goals_that_a_key_shows_as_conditions_are_sentences_again_in_the_next_step"),
    ("the pane says DELAY 6 s, show says 5 s, and the setting is 5",
     "tui/test_reader_5.py::test_tables_and_verbs_tell_the_same_of_a_timer"),
    ("the last line of the output is cut beside the prompt without a mark",
     "tui/test_reader_5.py::test_what_has_no_room_beside_the_prompt_is_cut_with_a_mark"),
    ("of a text or of bytes stream.svg is proposed, which writes the diagram",
     "tui/test_streams.py::test_a_file_of_somebody_else_is_left_alone"),
    ("each key stands twice in the palette", "tui/test_reader_5.py::test_a_key_has_its_name_once_in_the_palette"),
    ("a lesson begins with step 0, and a half-width colon stands behind a wide bracket",
     "tui/test_reader_5.py::test_a_lesson_that_is_not_begun_is_at_no_step_and_what_is_wanted_has_its_colon"),
    ("at 120 columns what an interface has dropped is cut, and an empty column of bridges stays",
     "tui/test_device_pane.py::test_a_column_that_says_nothing_leaves_its_room_to_those_that_do"),
    ("the log's 内容 is in English or in Chinese by the longest name in another column",
     "tui/test_log_store.py::test_a_column_that_is_a_little_wider_is_in_the_reader_s_language_too"),
    ("the tables are pc1's while the picture marks hub1, and nothing says that they follow",
     "tui/test_lesson.py::test_outside_a_lesson_the_device_pane_goes_with_who_speaks_until_a_person_selects"),
    ("of a condition in a file with curly quotes the report says a word too many, and none of quotes",
     "scenarios/test_check.py::test_of_a_condition_with_curly_quotes_the_straight_ones_are_offered"),
    ("a task that I did my way shows other lines as if they had been run",
     "tui/test_lesson_seen.py::test_keys_that_are_named_are_those_there_are"),
    ("at 80×24 with the lesson open what a line printed is not seen, and no key to it is named",
     "tui/test_lesson_seen.py::test_at_80x24_the_key_of_the_output_that_the_lesson_hides_is_named"),
    ("check --session of a lesson solved in full is ✗: a symptom's conditions are judged at the end",
     "scenarios/test_hand_ins.py::test_a_bundled_lesson_that_was_solved_passes_and_one_that_was_only_opened_fails",
     "scenarios/test_hand_ins.py::test_what_was_met_on_the_way_counts_and_is_told"),
    ("a segment [ACK] reaches a place with no blank before 到达",
     "tui/test_streams.py::test_what_a_step_would_do_has_its_blank_behind_ascii_in_chinese"),
    ("可以输入 offers lines that fail: a full stop at the end, a comma between names, a wide colon in a port",
     "commands/test_pasted.py::test_what_is_offered_has_no_full_width_sign_left_and_would_work"),
    ("of a line that is missing it is asked whether an unrelated one of mine is it",
     "commands/test_expect.py::test_an_unrelated_line_is_no_misspelling"),
    ("h gives a hint stands there after the last hint, and with two answers A to B answers",
     "tui/test_lesson_seen.py::test_keys_that_are_named_are_those_there_are"),
    ("related frames of a check end in a kernel's name alone",
     "commands/test_expect.py::test_a_related_frame_that_was_dropped_says_why_in_words"),
    ("s on an ARP frame draws copies that bystanders filtered as drops, an address as a station, and one frame thrice",
     "commands/test_sequence.py::test_an_arrow_ends_where_its_frame_did",
     "commands/test_sequence.py::test_an_address_that_is_no_station_has_no_column",
     "commands/test_sequence.py::test_a_broadcast_has_a_head_at_each_who_took_it",
     "commands/test_sequence.py::test_a_tag_that_a_switch_puts_on_makes_no_second_arrow"),
    ("s on an ARP frame takes all frames of the lab, and its title says not whose; reasons are the kernel's names",
     "tui/test_streams.py::test_s_on_a_frame_shows_its_exchange_and_says_whose"),
    ("the footer names ^C to end a line that has ended",
     "tui/test_reader_zh3.py::test_the_footer_names_the_key_that_ends_a_line_only_while_one_runs"),
    ("a lesson's text speaks of port 9001 in Chinese, and the frame goes to 9000",
     "scenarios/test_check.py::test_a_lesson_s_texts_have_the_same_numbers_in_both_languages"),
    ("“… is-at”since the last command: a blank is missing behind a quote in English",
     "explain/test_words_whole.py::test_behind_a_closing_quote_english_has_its_blank_and_chinese_none"),
    ("at 80×24 why a frame was dropped is cut: ✗ 没有套…",
     "explain/test_words_whole.py::test_why_a_frame_was_dropped_has_room_in_the_narrow_log"),
    ("load from the browser is refused over a line into which the next p goes, and an empty list is silent",
     "tui/test_reader_zh3.py::test_the_browser_asks_itself_about_an_unsaved_lab_and_says_at_its_top_that_nothing_is_found"),
    ("at 200×50 a table that was typed for is cut in 65 columns, and a manual page is broken twice",
     "tui/test_reader_zh3.py::test_in_a_wide_terminal_what_a_line_prints_has_the_room_of_the_frames_detail"),
    ("at 80×24 the lesson that is read goes away at each step, and [1u 10t] is told nowhere",
     "tui/test_reader_zh3.py::test_a_lesson_that_is_read_stays_in_a_small_terminal_and_marks_of_vlans_are_told"),
    ("OTHERHOST stands in the picture, and a card that listens in is said to have dropped what it heard",
     "tui/test_reader_zh3.py::test_why_a_frame_ends_is_told_beside_it_in_the_reader_s_words",
     "explain/test_story.py::test_a_card_that_takes_every_frame_filters_nothing"),
    ("types of ICMP are English in Chinese layers, and so are the log's own short forms",
     "explain/test_chinese_layers.py::test_each_kind_of_icmp_has_chinese_words",
     "tui/test_log_store.py::test_short_forms_that_are_no_tool_s_are_told_in_the_reader_s_language"),
    ("of a ping that is missing it is asked whether an arp line is it",
     "commands/test_expect.py::test_an_earlier_line_can_be_asked_about"),
    ("list knows no --lang, and no --lang stands before list",
     "session/test_command_line.py::test_a_person_sees_what_each_scenario_is_about_and_a_script_its_name"),
    ("of ping w1 … -c 1 it is asked whether w1 is meant, where why should be named",
     "commands/test_names_help.py::test_the_value_of_an_option_is_no_misspelt_node"),
    ("why of a row that expired says that there is none",
     "commands/test_names_help.py::test_why_of_a_row_that_has_gone_tells_what_took_it"),
    ("ip -6 addr prints nothing, as if the host had no addresses",
     "commands/test_names_help.py::test_an_empty_table_of_ipv6_says_that_there_is_none",
     "commands/test_names_help.py::test_below_what_a_tool_says_of_an_address_of_ipv6_stands_that_there_is_none",
     "commands/test_names_help.py::test_a_program_that_is_asked_for_ipv6_says_that_there_is_none"),
    ("a misspelt nsenter, sysctl, word of ip, or command among several is near no name",
     "commands/test_names_help.py::test_a_command_that_is_none_is_noted_though_the_line_s_last_one_did_well",
     "commands/test_names_help.py::test_below_a_tools_own_words_a_note_tells_the_near_name"),
    ("pc1 arp -s …: unknown command, though pc1 is a host of the lab",
     "commands/test_names_help.py::test_a_node_that_stands_first_is_told_how_a_line_runs_in_it"),
    ("why nginx-1 8.8.8.8 says how why is used, and not what is wrong",
     "commands/test_names_help.py::test_why_takes_an_address_for_one_of_the_two_and_names_what_is_none"),
    ("what a line prints takes the lesson's place, and whether a goal is met is not seen",
     "tui/test_lesson_seen.py::test_what_fits_beside_the_lesson_leaves_it_there",
     "tui/test_lesson_seen.py::test_a_wide_table_takes_the_lesson_s_room_and_tells_of_its_goals_and_escape_brings_it_back",
     "tui/test_lesson_seen.py::test_at_80x24_the_output_tells_of_the_goals_it_hides"),
    ("the footer says next above a step that time stands in, and p says that it is under way",
     "tui/test_lesson_seen.py::test_p_amid_a_step_that_stands_goes_on_and_the_footer_says_so",
     "tui/test_lesson_seen.py::test_p_amid_a_step_that_one_went_back_into_goes_on_to_the_present"),
    ("a goal keeps its mark when what it asks for is so no more",
     "tui/test_lesson_seen.py::test_a_goal_of_what_is_so_is_not_met_when_it_is_so_no_more_and_what_happened_stays"),
    ("stepped back, a goal speaks of another moment, and r does not say that it waits",
     "tui/test_lesson_seen.py::test_what_goals_say_is_of_the_moment_that_is_shown"),
    ("a lesson left with an unmet goal ends with every goal met",
     "tui/test_lesson_seen.py::test_the_end_names_the_steps_whose_goals_were_left"),
    ("a task that is the last step does not say whose turn it is",
     "tui/test_lesson_seen.py::test_a_task_that_is_the_last_step_says_whose_turn_it_is"),
    ("a right answer is refused for the order of its lines, and what was asked for is not looked at",
     "tui/test_lesson_seen.py::test_a_task_of_names_takes_its_containers_in_either_order_and_asks_for_the_alias"),
    ("a goal is a bare regular expression, or glued to one",
     "commands/test_expect.py::test_a_goal_tells_what_to_look_for_in_words"),
    ("a task of a VLAN is done by leaving it",
     "tui/test_lesson_seen.py::test_a_task_on_a_vlan_is_not_done_by_leaving_it"),
    ("a recovered lesson's goals are in English, and p says that p goes on",
     "tui/test_lesson_seen.py::test_a_lesson_that_was_recovered_has_goals_in_its_language_and_p_leads_on_from_the_past"),
    ("a spanning tree's message is a frame of type 0x0026",
     "explain/test_story.py::test_a_host_that_hears_a_spanning_tree_is_not_told_of_an_ethertype"),
    ("of three answers the footer names two, and c is said to do two things",
     "tui/test_lesson_seen.py::test_the_footer_names_each_answer"),
    ("r changes nothing and says nothing", "tui/test_lesson_seen.py::test_r_says_that_it_has_looked_or_why_it_cannot"),
    ("new says nothing, and nothing leads back to the lab one began with",
     "tui/test_load.py::test_new_says_that_the_lab_is_empty_and_how_one_comes_back",
     "tui/test_load.py::test_the_lab_that_is_there_at_first_is_opened_by_its_name_and_listed"),
    ("after load the header says paused, and the footer pause",
     "tui/test_load.py::test_in_another_lab_time_runs_and_the_footer_says_so"),
    ("load completes no lab that was saved without .yaml",
     "tui/test_load.py::test_load_completes_what_was_saved_under_any_name"),
    ("journeys stay on over a load", "tui/test_load.py::test_another_lab_is_shown_row_by_row"),
    ("p at a lesson's end and p again looks for a p",
     "tui/test_lesson.py::test_the_key_that_goes_on_leads_to_the_next_lesson"),
    ("a search says neither that there is nothing below the cursor nor that there is nothing at all",
     "tui/test_journeys.py::test_a_search_goes_round_and_says_so_and_of_what_is_nowhere_too"),
    ("with a filter half of a conversation's journeys are missing",
     "tui/test_journeys.py::test_a_journey_is_shown_when_any_of_its_frames_passes_the_filter"),
    ("p on the tour's last page pings below the list of lessons",
     "tui/test_app.py::test_p_on_the_tour_s_last_page_shows_its_ping"),
    ("load asks whether the lab is to go for one that is not there",
     "tui/test_load.py::test_nobody_is_asked_to_leave_a_lab_for_one_that_is_not_there"),
    ("a session that did not end is told of nowhere, and of several the newest comes back without a word",
     "tui/test_said.py::test_a_session_that_did_not_end_is_told_of_and_older_ones_too"),
    ("u takes back what had changed nothing, and does not say so",
     "tui/test_said.py::test_u_says_that_the_line_it_took_back_had_changed_nothing"),
    ("r renames another branch than the one that is marked",
     "tui/test_said.py::test_the_cursor_among_the_branches_begins_at_the_present_one_which_has_another_mark"),
    ("a job brought forward shows what an older one of its number printed",
     "tui/test_said.py::test_of_a_job_brought_forward_no_line_of_an_older_one_of_its_number_is_shown"),
    ("ctrl+q does not ask after a docker run that failed and left its container",
     "tui/test_said.py::test_ctrl_q_asks_after_a_line_that_failed_and_left_something"),
    ("asked whether the lab is to go, one sees another lesson's name behind the line",
     "tui/test_said.py::test_what_is_asked_about_has_nothing_behind_it_that_it_could_become"),
    ("u puts an old frame in the place of the output that one reads",
     "tui/test_said.py::test_undo_leaves_the_output_that_somebody_reads"),
    ("tables are cut without a mark",
     "tui/test_said.py::test_what_a_table_has_no_room_for_ends_with_a_mark"),
    ("a step's text stands in the lesson and once more beside it",
     "tui/test_lesson_seen.py::test_what_a_step_says_stands_once"),
    ("a task wants the lesson's own wrong line to succeed",
     "tui/test_reader_zh.py::test_a_task_does_not_judge_the_line_of_the_lesson_before_it"),
    ("a Chinese label of a line that asks lacks a character",
     "tui/test_reader_zh.py::test_a_line_that_asks_has_all_its_characters"),
    ("p amid a step that time went back into skips the rest of it",
     "tui/test_reader_zh.py::test_p_amid_a_step_that_time_went_back_into_does_the_rest_of_it"),
    ("after a line typed amid a step p runs all of its lines again",
     "tui/test_reader_zh.py::test_a_line_typed_amid_a_step_leaves_the_rest_of_it_to_p"),
    ("above a task the status line says to press p",
     "tui/test_reader_zh.py::test_above_a_task_nobody_is_told_to_press_p"),
    ("a message of the lab before stands in the place of a lesson's title",
     "tui/test_reader_zh.py::test_what_was_said_of_another_lab_goes_when_one_is_opened"),
    ("looked for, a word of a title comes behind one of a summary",
     "session/test_search.py::test_a_word_in_the_title_goes_before_one_in_the_summary"),
    ("load and the browser drop an unsaved lab without a word",
     "tui/test_reader_zh.py::test_a_line_that_leaves_an_unsaved_lab_is_entered_twice",
     "tui/test_reader_zh.py::test_what_is_chosen_in_the_browser_leaves_no_unsaved_lab_at_once"),
    ("c where a step has no goals says nothing", "tui/test_reader_zh.py::test_c_where_there_are_no_goals_says_so"),
    ("a note of the sandbox is told as an error in Chinese",
     "tui/test_reader_zh.py::test_a_note_is_no_error_in_either_language"),
    ("a goal asks in English for what is on the screen in Chinese",
     "explain/test_chinese_layers.py::test_a_goal_asks_for_what_the_reader_sees"),
    ("the lines of the layers are English in Chinese",
     "explain/test_chinese_layers.py::test_a_layer_is_told_in_the_readers_language",
     "tui/test_reader_zh.py::test_the_layers_of_a_frame_are_told_in_chinese"),
    ("a saved session comes back with “PING 8.8.8.8 …” for what was wrong",
     "tui/test_troubles.py::test_a_set_up_that_fails_without_a_word_tells_its_status"),
    ("branches are compared, and both sides of a row are —",
     "session/test_branches.py::test_a_row_that_says_nothing_but_is_there_is_told_from_one_that_is_not"),
    ("a goal on a bridge that is gone is a bare condition",
     "commands/test_expect.py::test_a_goal_on_what_is_missing_is_a_sentence_too"),
    ("a mistyped program in a container is answered half in English",
     "explain/test_words_whole.py::test_what_a_chinese_reader_is_told"),
    ("Chinese lines end early and words are torn: a character is glued to the Latin word behind its space",
     "tui/test_text_and_canvas.py::test_a_line_takes_what_has_room_and_ends_only_where_it_may",
     "explain/test_words_whole.py::test_long_chinese_paragraphs_are_broken_where_they_may_be"),
    ("on the help page and in empty tables a Latin word among Chinese is cut",
     "tui/test_text_and_canvas.py::test_what_textual_breaks_is_broken_as_all_else"),
    ("the wide blank of a Chinese input method vanishes at the prompt",
     "tui/test_typed_ahead.py::test_what_a_terminal_sends"),
    ("wide letters and a dash of another length are not told what they were meant for",
     "commands/test_pasted.py::test_a_look_alike_is_named",
     "commands/test_pasted.py::test_the_dash_that_was_typed_is_the_one_that_is_named"),
    ("help 连接 and help iptabels lead nowhere", "commands/test_help.py::test_no_such_page"),
    ("README does not say how the app becomes Chinese",
     "test_readme.py::test_the_way_to_chinese_is_told_where_one_begins_and_leads_there"),
    ("run and check tell a Chinese reader of goals in raw syntax",
     "scenarios/test_check.py::test_a_good_file_in_chinese",
     "scenarios/test_check.py::test_run_tells_what_holds_in_words"),
    ("load publish looks as if it would load publish-localhost",
     "commands/test_complete.py::test_a_word_that_is_whole_is_offered_before_longer_ones"),
    ("ip netns exec pc1, as tutorials have it, fails and does not say how pc1 is entered here",
     "commands/test_names_help.py::test_a_node_that_is_no_namespace_is_entered_otherwise"),
    ("ping nginx1 does not name nginx-1, and a second ping has its name twice",
     "commands/test_names_help.py::test_a_program_that_finds_no_name_is_told_the_nearest",
     "tui/test_jobs.py::test_what_fails_beside_another_line_points_to_why_as_well"),
    ("db is found in missing-fdb-row before it is in a title",
     "session/test_search.py::test_a_word_goes_before_letters_within_one"),
    ("a Chinese name has a space behind it",
     "explain/test_chinese_layers.py::test_a_chinese_name_has_no_space_behind_it"),
    ("a prompt has two marks", "tui/test_prompt_lines.py::test_the_prompt_names_the_shell"),
    ("a sentence of why has a name twice", "explain/test_story.py::test_what_made_a_row"),
    ("a pane has one name on its edge, another in the footer and a third on the help page",
     "tui/test_i18n.py::test_a_pane_has_one_name"),
    ("where failures are told stands the note before one",
     "tui/test_jobs.py::test_what_failed_is_told_and_not_the_note_before_it"),
    ("a small or a wide letter does not answer a question", "tui/test_lesson.py::test_an_answer_is_chosen_and_judged"),
    ("what is offered is told in English, a tool is a tool, and each table's row has the names of all tables",
     "commands/test_complete.py::test_beside_each_word_stands_what_it_is_in_the_readers_language",
     "commands/test_complete.py::test_each_tool_and_program_has_its_words_and_nothing_else_has"),
    ("behind why come 39 names and not what can be asked, and ip link set completes nothing",
     "commands/test_complete.py::test_what_why_can_be_asked_comes_first_and_its_usage_says_so",
     "commands/test_complete.py::test_an_interface_is_offered_where_its_name_comes_without_a_word_before_it"),
    ("a time is broken within its digits",
     "tui/test_text_and_canvas.py::test_wrap_breaks_at_spaces_and_says_when_it_stops"),
    ("a question stands without the text before it",
     "tui/test_reader.py::test_a_question_and_the_text_before_it_are_seen_in_a_step_that_fills_its_pane"),
    ("a hint is below the pane's edge, and nothing says so", "tui/test_lesson.py::test_hints_come_one_by_one"),
    ("the palette finds no lesson", "tui/test_app.py::test_the_palette_finds_lessons_by_name_and_title"),
    ("at 80×24 a table is told of and not seen",
     "tui/test_reader.py::test_where_there_is_no_room_for_the_lesson_its_step_and_goals_are_told"),
    ("of a long table the end is seen, and not the step's words",
     "tui/test_output_pane.py::test_a_step_of_which_more_is_printed_than_the_pane_holds_begins_with_its_text"),
    ("docker logs is told as an error",
     "tui/test_output_pane.py::test_what_does_well_is_no_error_whatever_it_writes_to"),
    ("a goal of no loss is met by 100% loss",
     "tui/test_reader.py::test_the_lessons_are_listed_as_a_learner_goes_through_them"),
    ("a goal is a bare condition before anything was typed",
     "commands/test_expect.py::test_an_earlier_line_can_be_asked_about"),
    ("a goal on an interface is half English in Chinese",
     "commands/test_expect.py::test_failures_are_told_in_chinese_too"),
    ("ping -c 3 FROM TO is taken for a source route",
     "commands/test_names_help.py::test_options_may_stand_before_from_and_to"),
    ("nginx has it, says why: which nginx",
     "commands/test_names_help.py::test_why_alone_names_the_container_that_has_the_port"),
    ("in the narrow log a switch is br0, and a network br-358d…",
     "tui/test_log_store.py::test_a_port_is_shown_with_its_bridge"),
    ("with a filter the panes tell of a frame that it hides, and so does w",
     "tui/test_troubles.py::test_the_panes_go_with_the_cursor_that_a_filter_moves"),
    ("esc right behind a line's enter ends the line, and while the lab opens leaves half a lab",
     "tui/test_unbroken.py::test_a_key_ends_the_line_at_work"),
    ("? does nothing in a followed stream, where the footer names keys that do nothing either",
     "tui/test_streams.py::test_a_connection_is_followed_copied_and_written"),
    ("a cable's ends are both called down where one has no carrier, and eth0 stands twice at each",
     "tui/test_topology_pictures.py::test_each_end_of_a_cable_says_its_own_state_and_no_name_twice"),
    ("check reports in English whatever the locale says", "scenarios/test_check.py::test_a_good_file_in_chinese"),
    ("a message says that h gives a hint, and h says that it does nothing here",
     "tui/test_lesson.py::test_hints_come_one_by_one"),
    ("a terminal too small for anything takes keys unseen, and forgets the line that was typed",
     "tui/test_app.py::test_a_live_resize_and_a_terminal_too_small"),
    ("two counts of steps in a lesson, “step 12” above “step 3 of 9”",
     "tui/test_why_timeline_status.py::test_in_a_lesson_there_is_one_count_of_steps"),
    ("ctrl+z does nothing", "tui/test_program.py::test_it_paints_pings_is_suspended_and_quits"),
    ("a PNG needs a C library, and Chinese in it is boxes", "tui/test_shots.py::test_a_bitmap_has_words_and_title"),
    ("the log cuts the reason of an ICMP error",
     "tui/test_log_store.py::test_a_frame_s_line_gives_up_first_what_other_columns_say"),
    ("a diagram does not show where DNAT sends a ping",
     "commands/test_sequence.py::test_where_nat_gives_a_frame_another_end_its_way_goes_on_as_another_arrow"),
    ("a rule that is lit is words here and there",
     "tui/test_rules_tab.py::test_a_rule_is_lit_while_a_packet_passes_it_and_no_longer"),
    ("in Chinese a lesson's goals on frames and drops are bare conditions before anything was typed",
     "commands/test_expect.py::test_a_goal_is_a_sentence_before_anything_was_typed"),
    ("the titles of lessons are cut to six characters beside an empty half of the page",
     "tui/test_lesson.py::test_the_browser_finds_and_opens_and_progress_is_kept"),
    ("two switches' ports are both p1 in the narrow log, where sw2:p1 has room",
     "tui/test_log_store.py::test_a_port_is_shown_with_its_bridge"),
    ("check tells a Chinese teacher in English what is no condition, and expect in broken Chinese",
     "scenarios/test_check.py::test_what_cannot_be_read_is_shown_before_anything_is_run",
     "explain/test_words_whole.py::test_what_a_chinese_reader_is_told"),
    ("flow's list is in English among Chinese tables",
     "commands/test_flow.py::test_the_list_is_told_in_the_session_s_language"),
    ("为什么 and 帮助, as the panes call them, are unknown, and nothing is said of why and help",
     "explain/test_words_whole.py::test_what_a_chinese_reader_is_told"),
    ("docker typed without a colon opens a shell with its e",
     "tui/test_troubles.py::test_a_command_typed_without_its_colon_goes_on_in_the_command_line"),
    ("a name that nothing has is not found, and nobody says that why knows more",
     "tui/test_troubles.py::test_what_failed_for_a_reason_points_to_why_and_a_note_is_no_error"),
    ("a table wider than its pane is wrapped, and no word stands below its column",
     "tui/test_output_pane.py::test_a_table_wider_than_its_pane_is_cut_with_a_mark_and_read_by_going_along_it"),
    ("three hints hide what is still wrong, and stand there when the task is done",
     "tui/test_lesson.py::test_with_all_hints_open_what_is_still_wrong_is_seen_and_when_it_is_done_hints_go"),
    ("while a step's lines run its goals are bare conditions",
     "tui/test_lesson.py::test_a_goal_that_nobody_has_looked_at_is_no_bare_condition"),
    ("the filter of the lab before hides all of the lesson that is opened",
     "tui/test_lesson.py::test_another_lab_is_shown_whole"),
    ("what is still wrong is a number alone, or all but what is missing",
     "commands/test_expect.py::test_a_failure_says_what_is_there_instead"),
    ("help lan, help uplink and help keys find nothing", "commands/test_help.py::test_pages_on_what_is_no_verb"),
    ("of nofile.yaml a reader is asked whether bond-failover is meant",
     "session/test_library.py::test_of_files_only_what_is_near_is_named"),
    ("why says its headline again as the first cause", "explain/test_story.py::test_a_port_that_is_taken"),
    ("FORWARD drops, the ping passes, and why tells of a port that was taken long before",
     "commands/test_why_rows.py::test_of_a_ping_that_a_rule_in_forward_does_not_stop_why_says_that_nobody_asks_the_rule"),
    ("at 200×50 a lesson and what it prints have 41 and 27 columns", "tui/test_every_screen.py::test_screen"),
    ("the rule that decides is not in view in a pane of three rows",
     "tui/test_rules_tab.py::test_in_a_pane_of_three_rows_the_rule_that_decides_is_in_view"),
    ("c is said to be for the pane Lesson, where there is no lesson",
     "tui/test_surface.py::test_a_key_of_the_lesson_says_that_none_is_open"),
    ("left and right, and z over a whole pane, are not in the footer",
     "tui/test_surface.py::test_the_footer_names_the_keys_of_a_place"),
    ("enter behind ctrl+o opens a lesson that nobody has seen",
     "tui/test_surface.py::test_what_nobody_saw_is_not_opened_and_what_was_named_is"),
    ("what went wrong stands over all that is done afterwards",
     "tui/test_surface.py::test_what_went_wrong_is_told_until_the_next_key"),
    ("what fails beside a tcpdump is told in the output alone",
     "tui/test_jobs.py::test_what_fails_beside_another_line_points_to_why_as_well"),
    ("the palette says branch [--compare], for it takes [BRANCH] for markup",
     "tui/test_app.py::test_the_palette_shows_a_usage_whole"),
    ("docker rum means rm", "docker/test_messages.py::test_an_unknown_command_suggests_the_nearest"),
    ("the command line's help is English whatever the locale says",
     "session/test_command_line.py::test_help_is_in_the_language_of_the_locale_or_of_lang"),
    ("what the sandbox says in a tool's place is English in Chinese",
     "explain/test_words_whole.py::test_what_the_sandbox_says_in_a_tools_place_has_chinese_words"),
    ("sniff speaks English in Chinese", "explain/test_words_whole.py::test_a_note_is_told_from_a_tools_own_words"),
    ("the same table's rows are 条目 here and 表项 there, the MAC table 转发表",
     "explain/test_glossary.py::test_nothing_is_called_by_another_name"),
    ("the last goal of arp-basics is lost to a reader who looks seconds later",
     "scenarios/test_slow_readers.py::test_the_way_that_a_lesson_shows_meets_its_goals_after_a_while"),
    ("the next lesson is a file's name", "tui/test_lesson.py::test_the_key_that_goes_on_leads_to_the_next_lesson"),
    ("a filter after a step back ends the app: a flood's record was taken apart with its lab",
     "session/test_left_labs.py::test_floods_are_told_by_a_lab_that_began_with_the_records_of_one_that_went"),
    ("docker network inspect and Tab: the names of containers",
     "commands/test_complete.py::test_dockers_commands_are_offered_what_their_usage_asks_for"),
    ("a journey's row says that it was dropped, and beside it stands why it was sent",
     "tui/test_journeys.py::test_a_journey_that_ended_in_a_drop_tells_of_the_drop_until_it_is_open"),
    ("two branches differ in an MTU, and no table differs; no table shows an MTU",
     "session/test_branches.py::test_an_mtu_that_differs_is_told_with_the_link",
     "tui/test_device_pane.py::test_all_tabs"),
    ("s on the connection to a host's own published port: no segment is known",
     "tui/test_streams.py::test_a_connection_to_ones_own_published_port_is_followed_behind_nat"),
    ("why web does not find db: no such name is known, and not a word of the networks they are on",
     "commands/test_names_help.py::test_why_tells_on_which_networks_the_two_are_whom_no_name_joins"),
    ("a picture to a.jpg is said to be written, and is SVG",
     "tui/test_surface.py::test_a_picture_is_written_to_a_path_of_ones_choice"),
    ("behind a long verdict the log's places are cut: docke…:veth7f4c429 beside an empty column",
     "tui/test_troubles.py::test_a_drop_leaves_the_columns_of_all_rows_as_they_are"),
    ("netsandbox list is sixty names without a word of what they are about",
     "session/test_command_line.py::test_a_person_sees_what_each_scenario_is_about_and_a_script_its_name"),
    ("after undo and redo the log's cursor is out of sight, and the panes tell of a row that nobody sees",
     "tui/test_troubles.py::test_after_steps_back_the_cursor_is_in_view_and_the_panes_tell_of_its_row"),
    ("why can web not reach db? is a question that why refuses",
     "commands/test_names_help.py::test_why_of_two_nodes_is_the_last_that_ended_between_them"),
    ("the filters dns and http, which Tab offers, let nothing through",
     "tui/test_log_filter.py::test_what_udp_and_tcp_carry_is_found_by_its_name"),
    ("after esc on tour and start screen a typed line acts as keys, and its e opens a shell",
     "tui/test_app.py::test_who_leaves_tour_and_browser_is_at_the_command_line"),
    ("at 80×24 the uplink has no box beside the host's frame",
     "tui/test_internet.py::test_it_has_its_box_where_there_are_only_names_in_the_host_beside_it"),
    ("a followed connection stands still while it goes on",
     "tui/test_streams.py::test_what_is_followed_grows_while_it_goes_on"),
    ("u takes back the lab's set-up, or a ctrl+c",
     "session/test_undo_lines.py::test_a_ctrl_c_is_taken_back_with_the_line_that_it_ended",
     "session/test_undo_lines.py::test_a_scenarios_set_up_is_nobodys_to_take_back"),
    ("the second of two compared branches runs out of the pane, and nothing says how it is seen",
     "tui/test_output_pane.py::test_at_80_columns_what_has_no_room_beside_says_by_which_keys_it_is_seen"),
    ("a typed undo is done again by itself a second later",
     "tui/test_troubles.py::test_what_was_taken_back_does_not_come_back_by_itself"),
    ("a finished lesson's sentence stays over all that comes later, and an empty pane Lesson after load",
     "tui/test_lesson.py::test_what_a_lesson_said_goes_with_it"),
    ("jobs prints nothing while the header counts two",
     "tui/test_jobs.py::test_jobs_lists_all_that_the_header_counts"),
    ("ctrl+q drops a lab that nobody has saved, without a word",
     "tui/test_unbroken.py::test_ctrl_q_asks_once_where_lines_were_typed_that_no_file_has"),
    ("y does nothing in tables, Why and Output",
     "tui/test_surface.py::test_y_copies_what_is_selected_or_seen_in_each_pane_and_says_so"),
    ("what a command prints behind a maximised pane is not seen, and at 80×24 nothing at all",
     "tui/test_output_pane.py::test_what_is_printed_behind_a_pane_that_has_all_of_the_screen_is_told_and_led_to"),
    ("borders that were dragged are forgotten when the app ends",
     "tui/test_splits.py::test_borders_are_where_they_were_put_when_the_app_runs_again",
     "tui/test_splits.py::test_a_file_of_borders_that_is_none_is_set_aside"),
    ("at 80 columns a TCP row is 80 > 42350: … without its flags",
     "tui/test_log_store.py::test_a_frame_s_line_gives_up_first_what_other_columns_say"),
    ("the head of ss is wrapped above rows that are cut",
     "tui/test_output_pane.py::test_the_head_of_a_table_is_cut_as_its_rows_are"),
    ("help typed over the panes opens a shell with its e, and lp is typed there",
     "tui/test_troubles.py::test_a_command_typed_without_its_colon_goes_on_in_the_command_line",
     "tui/test_troubles.py::test_e_opens_a_shell_where_it_is_no_letter_of_a_word"),
    ("a first line typed at the tour turns its pages, becomes a search, and opens a lesson",
     "tui/test_app.py::test_a_line_typed_at_the_tour_letter_by_letter_is_a_line",
     "tui/test_app.py::test_a_line_typed_at_the_browser_opens_no_lesson"),
    ("lines are said to wait when all have ended",
     "tui/test_troubles.py::test_that_lines_wait_is_told_no_longer_than_they_do"),
    ("at 80×24 nobody says that an answer was wrong", "tui/test_lesson.py::test_an_answer_is_chosen_and_judged"),
    ("at 80×24 a lesson opened over Why says nothing",
     "tui/test_troubles.py::test_a_lesson_opened_over_a_pane_of_the_lab_before_says_what_it_is_about"),
    ("c on the branch that one is on: no table differs",
     "tui/test_troubles.py::test_a_branch_is_not_compared_with_itself"),
    ("steps of a lesson are a bare line: what is the cache emptied for?",
     "scenarios/test_check.py::test_no_step_of_these_lessons_is_a_bare_line"),
    ("bound are: nothing", "commands/test_expect.py::test_a_failure_says_what_is_there_instead"),
    ("of two branches that are compared one is seen, and the other is a column of …",
     "session/test_branches.py::test_both_sides_are_seen_though_a_row_has_a_long_name"),
    ("of no host 'lan' eight hosts of the internet are told, and not one's own",
     "commands/test_names_help.py::test_what_one_made_is_named_before_the_hosts_of_the_internet"),
    ("lines so far are “docker network cre, docker run -d --na”",
     "commands/test_expect.py::test_an_earlier_line_can_be_asked_about"),
    ("You thought ““Frag needed”, as before”", "explain/test_questions.py::test_a_quote_within_quotes"),
    ("after docker rm a past frame's docker0:veth… is host:veth…, and after ip link set master the other way round",
     "lab/test_rows_of_then.py::test_a_later_line_changes_nothing_of_what_is_said_of_the_past"),
    ("a frame that sniff has printed is said to be filtered by the card",
     "explain/test_story.py::test_a_card_that_takes_every_frame_filters_nothing"),
    ("a reason is BRIDGE_INGRESS_STP_STATE among Chinese verdicts",
     "tui/test_log_store.py::test_why_a_frame_was_dropped_is_two_words_in_the_readers_language"),
    ("the log says 丢弃, and the filter 丢弃 is told to be a host's name",
     "explain/test_words_whole.py::test_what_the_log_says_in_chinese_leads_to_its_filter"),
    ("a filter joined by 或, or typed in full-width letters, is told to be a host's name",
     "explain/test_words_whole.py::test_a_filter_joined_by_a_chinese_word_is_led_to_the_filter_s_own"),
    ("the browser begins at docker0 in the midst of a lesson, and End does nothing",
     "tui/test_surface.py::test_the_browser_begins_at_the_lesson_one_is_in_and_goes_to_its_ends"),
    ("one of two branches is saved, ctrl+q quits, and the other is gone without a word",
     "tui/test_unbroken.py::test_ctrl_q_asks_about_a_branch_that_the_saved_file_does_not_have"),
    ("a task's ping is answered by another deed than the text asks for, and the goals are met",
     "scenarios/test_check.py::test_another_deed_than_the_task_asks_for_does_not_meet_its_goals"),
    ("a table goes along sideways, and its head stays above other columns",
     "tui/test_output_pane.py::test_a_head_that_has_room_goes_along_with_its_columns"),
    (":quit drops an unsaved lab without a word",
     "tui/test_unbroken.py::test_a_line_that_quits_is_entered_twice_where_lines_were_typed_that_no_file_has"),
    ("one key says 标记这一帧 and 标记这个帧, 撤销 and 已撤回",
     "explain/test_glossary.py::test_nothing_is_called_by_another_name"),
    ("已把 31 行保存到我的实验: a file's name reads as words of the sentence",
     "explain/test_words_whole.py::test_a_name_is_told_as_it_has_to_be_typed"),
    ("a search does not find 所有人 and other words that stand in the log",
     "tui/test_log_store.py::test_a_search_finds_every_word_that_a_row_shows"),
    ("what a search said stays when another finds what it looks for",
     "tui/test_journeys.py::test_what_a_search_said_goes_when_another_finds_or_the_cursor_moves"),
    ("who announces its own address asks for itself, in the narrow log",
     "tui/test_log_store.py::test_an_address_that_is_announced_is_no_question"),
    ("in the lesson about loss the diagram leaves lost segments out, and again does not say of what",
     "commands/test_flow.py::test_a_segment_that_its_own_card_s_queue_loses_is_an_arrow_with_the_reason"),
    ("why of a line that was refused says that nothing was refused so far",
     "explain/test_names_of_then.py::test_a_line_that_failed_by_itself_is_told_of"),
    ("a hub has an lo with 127.0.0.1/8", "commands/test_show.py::test_a_hub_has_ports_and_no_addresses"),
    ("compared branches do not stand below their heads, and the rule that one has is the 15th row",
     "session/test_branches.py::test_both_sides_are_seen_though_a_row_has_a_long_name",
     "session/test_branches.py::test_what_a_person_set_comes_before_what_is_learned"),
    ("save keeps one of two branches and does not say which",
     "session/test_branches.py::test_save_says_which_branch_the_file_has"),
    ("branch fix: there is no branch fix, and nobody says how one begins",
     "session/test_branches.py::test_who_wants_a_branch_that_is_not_there_is_told_how_one_begins"),
    ("after a terminal was closed nobody says that there is something to recover",
     "tui/test_app.py::test_who_opens_the_app_after_a_session_that_was_not_left_is_told_of_it_in_one_line"),
    ("an unused docker0 is drawn between the containers and their bridge",
     "tui/test_topology_room.py::test_a_network_of_nobody_stands_below_those_that_are_used"),
    ("the small picture has no published port, though it works and there is room",
     "tui/test_published.py::test_a_proxy_is_a_box_among_boxes_and_its_port_is_on_the_edge_anyhow"),
    ("after a step back and on again a ping's end stands twice",
     "tui/test_output_pane.py::test_what_a_line_printed_stands_once_though_time_goes_back_and_comes_again"),
    ("in Chinese a file's name loses its blank, and host is called 主机",
     "explain/test_words_whole.py::test_what_a_person_gave_a_name_keeps_it"),
    ("flow --frames needs …, and nobody says what", "commands/test_flow.py::test_frames_without_a_filter_names_it"),
    ("the palette does not find the sequence diagram",
     "tui/test_app.py::test_the_palette_finds_the_key_that_draws_a_sequence_diagram"),
    ("in a narrow output help's second column begins with one letter behind the first",
     "tui/test_output_pane.py::test_a_column_that_has_hardly_room_is_a_line_of_its_own"),
    ("a line typed after a step back waits, and only the branch is told of",
     "tui/test_typing.py::test_a_line_typed_after_a_step_back_says_that_it_waits_and_that_a_branch_begins"),
    ("a here-document typed by hand loses its blanks and empty lines",
     "tui/test_typing.py::test_a_here_document_typed_by_hand_keeps_its_blanks_and_empty_lines"),
    ("NoMatches: the lab moved while a diagram was being made",
     "tui/test_streams.py::test_a_page_is_told_of_the_lab_once_it_is_made"),
    ("a name that is nowhere, or --recover without anything, opens an empty lab",
     "tui/test_no_terminal.py::test_what_is_not_there_is_not_opened_and_one_is_back_in_the_shell"),
    ("z makes lesson, jobs and branches wider than the screen",
     "tui/test_app.py::test_a_pane_is_maximised_and_put_back"),
    ("what a line prints stands below another one, which was through at once; and nothing tells that it runs",
     "tui/test_jobs.py::test_what_a_line_prints_below_another_one_that_was_through_at_once_has_its_label"),
    ("of a trace that fails its first line stands at the prompt, and a ping without a route does not name why",
     "tui/test_said.py::test_what_comes_of_a_trace_and_that_why_knows_more_stand_at_the_prompt"),
    ("why names no line that set ip_forward, as it does of a rule",
     "explain/test_settings.py::test_the_line_that_set_it_is_named",
     "explain/test_settings.py::test_it_is_named_in_chinese_and_only_when_somebody_set_it"),
    ("why of a refused connection does not say what is open there",
     "explain/test_settings.py::test_of_a_refused_connection_what_is_open_there_is_told"),
    ("a filter typed as for Wireshark is taken for a name",
     "tui/test_log_filter.py::test_what_is_typed_for_wireshark_leads_to_the_filter_s_own_words",
     "tui/test_log_filter.py::test_of_a_flag_it_is_told_how_it_is_found"),
    ("flow says opening of a connection that nc gave up long ago",
     "commands/test_flow.py::test_a_connection_that_its_program_has_given_up_is_opening_no_more"),
    ("check --session of another lab holds without a word",
     "scenarios/test_check.py::test_of_a_session_of_another_lab_nothing_counts_and_it_is_said_why"),
    ("history shows its oldest lines",
     "tui/test_output_pane.py::test_of_a_log_that_has_no_room_the_newest_is_shown"),
    ("docker compose finds no file in the app, and nothing says how one of one's own is opened",
     "commands/test_names_help.py::test_of_a_compose_file_that_is_not_in_the_sandbox_it_is_told_how_one_s_own_is_opened"),
    ("by habit !! and tour are typed, h says nothing when a task is done, and behind ctrl+f n is no next hit",
     "tui/test_typing.py::test_a_line_before_is_meant_as_in_bash_and_tour_shows_the_welcome_again",
     "tui/test_lesson.py::test_with_all_hints_open_what_is_still_wrong_is_seen_and_when_it_is_done_hints_go"),
    ("End in the list of lessons leads below its edge",
     "tui/test_lesson.py::test_the_browser_finds_and_opens_and_progress_is_kept"),
    ("two published ports are on no edge, though there is room",
     "tui/test_published.py::test_a_proxy_is_a_box_among_boxes_and_its_port_is_on_the_edge_anyhow"),
    ("with Jobs shown branch prints into the hidden output, and a recovery counts the set-up's lines",
     "tui/test_jobs.py::test_over_the_list_of_jobs_what_a_line_prints_at_once_is_shown",
     "tui/test_app.py::test_a_session_that_was_not_left_can_be_recovered"),
    ("ctrl+o looks at titles and introductions only, and finds tcp, dns and iptables in few",
     "session/test_search.py::test_a_topic_finds_what_it_stands_nowhere_in_behind_what_is_named_by_it"),
    ("behind a compose up in the foreground pasted lines wait in silence, where typed ones run at once",
     "tui/test_reader_en4.py::test_pasted_lines_run_beside_what_runs_as_typed_ones_do",
     "tui/test_reader_en4.py::test_what_pasted_lines_wait_for_is_named"),
    ("a MAC stands twice at one port, and no column tells of which VLAN",
     "tui/test_reader_en4.py::test_beside_a_mac_that_stands_in_several_vlans_the_pane_has_them",
     "commands/test_show.py::test_a_mac_that_is_known_in_several_vlans_has_its_vlan_beside_it"),
    ("a router's box has one of its two addresses, and beside a host of containers it is ten rows high and empty",
     "tui/test_reader_en4.py::test_a_host_s_box_has_its_addresses_and_no_more_rows_than_they_need"),
    ("the VLANs at the ends of a trunk are not told at 120 columns, and the title that explains them is cut",
     "tui/test_reader_en4.py::test_the_vlans_of_a_trunk_stand_at_its_ends_where_its_ports_names_have_no_room"),
    ("set-ip names docker0 as an example, trace's use does not tell where a port goes, and load does not name new",
     "tui/test_reader_en4.py::test_what_a_refusal_names_is_what_one_wanted"),
    ("netsandbox load FILE is answered with the use of netsandbox open",
     "session/test_command_line.py::test_the_prompts_verb_for_a_file_is_answered_with_the_command_for_it"),
    ("save says that it saved 76 lines of 38",
     "session/test_keeping.py::test_the_lines_that_are_told_to_be_saved_are_those_that_were_typed"),
    ("of a folder without a Dockerfile it is said that a capture in it is no text",
     "session/test_compose_file.py::test_a_folder_without_a_dockerfile_is_told_by_the_build"),
    ("after a step back and p the end of a ping stands twice below one line",
     "tui/test_reader_en4.py::test_what_was_printed_is_not_printed_again_when_time_comes_the_same_way"),
    ("over the view of a tunnel the footer names p, space and n, which do nothing there",
     "tui/test_reader_en4.py::test_below_a_page_the_footer_names_no_key_of_the_panes"),
    ("a goal says “> 172.17.0.2.6379: Flags [S]”, and of one that is not met: succeeded, exit status 1",
     "commands/test_expect.py::test_a_failure_says_what_is_there_instead",
     "commands/test_expect.py::test_of_a_line_that_was_to_succeed_it_is_said_that_it_failed"),
    ("of several pasted lines the pane shows the first one's output, and of a here-document its own text",
     "tui/test_reader_en4.py::test_of_lines_pasted_at_once_what_the_last_one_printed_is_seen"),
)
"""What first-time readers met later, in English and in Chinese: a learner, an engineer, a teacher."""


def shown(on: Stage) -> str:
    return screen_text(on.app)  # type: ignore[arg-type]


def test_every_trouble_has_its_test() -> None:
    assert list(TROUBLES) == list(range(1, 27))
    for _what, *places in (*TROUBLES.values(), *READERS):
        for place in places:
            file, _colons, name = place.partition("::")
            assert re.search(rf"^(?:async )?def {name}\(", (TESTS / file).read_text("utf-8"), re.MULTILINE), place


async def test_a_port_that_is_down_is_not_told_away(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        for line in ("add-host a", "add-host b", "add-switch sw", "connect a sw", "connect b sw",
                     "set-ip a 10.0.0.1/24", "link sw:p2 down", "ping a 10.0.0.2 -W 1"):
            await on.line(line)
            await on.quiet()
        trace = on.app.live.session.trace
        seq = next(record.seq for record in trace.since(0) if type(record.event).__name__ == "FrameBridged"
                   and record.event.bridge.namespace == "sw")
        said = on.app.live.why(seq)
        assert said.decision.endswith("to every other port: none.")
        assert "not by p2, which is disabled" in said.operands


async def test_that_lines_wait_is_told_no_longer_than_they_do(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        on.app.main.command.open("")
        on.app.main.command.pasted("ping nginx-1 nginx-2\nip netns add a\nip netns add b\n")
        await on.pilot.pause()
        assert on.app.main.status.message.startswith("lines waiting: 2")
        await on.quiet()
        assert not on.app.main.status.message


async def test_a_lesson_opened_over_a_pane_of_the_lab_before_says_what_it_is_about(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(80, 24)) as on:
        await on.press("5", "ctrl+o", *"two-port", "enter")
        await on.quiet()
        assert "The bridges of old had two ports" in shown(on)


async def test_a_branch_is_not_compared_with_itself(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        for line in ("add-host a", "undo", "add-host b"):
            await on.line(line)
            await on.quiet()
        await on.press("escape", "9", "c")
        await on.quiet()
        assert "branch main --compare" in [one.text.split("❯ ")[-1] for one in on.app.live.jobs.transcript]


@pytest.mark.parametrize(("language", "words"), [("en", ": exit status 1"), ("zh", "：退出码 1")])
async def test_a_set_up_that_fails_without_a_word_tells_its_status(tmp_path: Path, language: str, words: str) -> None:
    path = tmp_path / "saved.yaml"
    path.write_text("netsandbox: 2\nsetup: [add-host pc1, add-host pc2, connect pc1 pc2, set-ip pc1 10.0.0.1/24, "
                    "ping -c 1 -W 1 pc1 10.0.0.2]\nsteps: [{run: wait}]\n")
    set_language(language)
    async with stage(tmp_path / "state", Options(str(path), tour=False), size=(120, 40)) as on:
        await on.press("o")
        assert f"10.0.0.2{words}" in shown(on).replace("\n", "")


@pytest.mark.parametrize(("language", "words"), [("en", "did you mean 'connect'?"), ("zh", "是不是“connect”？")])
async def test_a_set_up_that_fails_says_which_line_and_why(tmp_path: Path, language: str, words: str) -> None:
    path = tmp_path / "half.yaml"
    path.write_text("netsandbox: 2\nsetup: [add-host pc1, add-host pc2, connnect pc1 pc2]\nsteps: [{run: wait}]\n")
    set_language(language)
    async with stage(tmp_path / "state", Options(str(path), tour=False), size=(120, 40)) as on:
        assert "connnect pc1" in shown(on).splitlines()[0]
        await on.press("o")
        assert words in shown(on)


async def test_nothing_moves_while_somebody_types(tmp_path: Path) -> None:
    """Completions and messages lie over the lower panes; the picture and the log stay where they are."""
    async with stage(tmp_path, size=(80, 24)) as on:
        await on.line("show nodes")
        places = [widget.region for widget in (on.app.main.topology, on.app.main.log_pane)]
        await on.press("colon", *"pin", "tab", "tab")
        assert [widget.region for widget in (on.app.main.topology, on.app.main.log_pane)] == places
        await on.press("escape")
        await on.line("nonsense")
        assert [widget.region for widget in (on.app.main.topology, on.app.main.log_pane)] == places


async def test_after_load_the_keys_do_what_the_pane_says(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.line("load hub")
        await on.quiet()
        await on.press("p")
        assert not on.app.main.command.input.value
        assert on.app.live.lesson.stand().number == 1


async def test_learned_addresses_come_first(tmp_path: Path) -> None:
    """Of a bridge with many ports the learned rows are seen, the permanent ones are one line."""
    async with stage(tmp_path, size=(120, 40)) as on:
        for number in range(3, 12):
            await on.line(f"add-container nginx-{number}")
        await on.press("p")
        await on.quiet()
        on.app.main.pinned.show(Place("host", "docker0"), "mac")
        await on.pilot.pause()
        rows = [row.cells for row in on.app.main.pinned.table.rows]
        assert [row[1].partition(" ")[0][:4] for row in rows[:-1]] == ["veth"] * (len(rows) - 1)
        assert rows[-1][0] == "and 12 of its own"


@pytest.mark.parametrize("size", [(120, 40), (200, 50)])
async def test_layers_are_wide_enough_for_both_macs(tmp_path: Path, size: tuple[int, int]) -> None:
    async with stage(tmp_path, size=size) as on:
        await on.press("space", "p", "n", "n")
        assert re.search(r"Ethernet  (?:[0-9a-f]{2}:){5}[0-9a-f]{2} → (?:[0-9a-f]{2}:){5}[0-9a-f]{2}\W", shown(on))


async def test_an_announcement_fits_with_its_mac(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("G")
        assert re.search(r"ARP  172.17.0.3 announces (?:[0-9a-f]{2}:){5}[0-9a-f]{2}\W", shown(on))


async def test_a_filter_that_nothing_passes_is_not_told_as_an_empty_log(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("slash", *"host", "space", *"ngin", "enter")
        assert "ngin" in on.app.main.status.message
        for key in ("s", "x"):
            await on.press(key)
            assert on.app.main.status.message.startswith("Nothing here is called ngin: nothing passes by it.")
            assert on.app.main.status.message.endswith("Press / to change it")
        await on.press("slash", "ctrl+u", *"udp", "enter", "s")
        assert on.app.main.status.message == "No frame passes the filter. Press / to change it"


@pytest.mark.parametrize(("held", "wanted"), [((), "ARP"), (("g",), "ICMP")])
async def test_the_panes_go_with_the_cursor_that_a_filter_moves(
        tmp_path: Path, held: tuple[str, ...], wanted: str) -> None:
    """They went on telling of the row that was hidden, and w explained that one."""
    async with stage(tmp_path) as on:
        await on.press("p")
        await on.quiet()
        await on.press("escape", "3", *held)
        about = on.app.main.about
        await on.press("slash", *wanted.lower(), "enter")
        row = on.app.main.log_pane.current
        assert row is not None
        assert row.seq != about
        assert (row.protocol, on.app.main.about, on.app.main.detail.frame.seq) == (wanted, row.seq, row.seq)


async def test_one_form_of_text_in_a_column(tmp_path: Path) -> None:
    """All requests of one width are told alike."""
    async with stage(tmp_path, size=(80, 24)) as on:
        await on.press("p")
        await on.quiet()
        told = {line.split("ARP")[1].split()[0] for line in shown(on).splitlines() if " ARP " in line}
        assert told
        assert not told & {"Request", "Reply"}, "at this width no row begins with what the mark ? says"


@pytest.mark.parametrize(("before", "word"), [("", "docker"), ("f", "iptables"), ("", "help")])
async def test_a_command_typed_without_its_colon_goes_on_in_the_command_line(
        tmp_path: Path, before: str, word: str) -> None:
    """The e of docker opened a shell in a container, where its rules were looked for then."""
    async with stage(tmp_path) as on:
        await on.press("escape", *before, *word)
        assert on.app.main.command.line == word
        begun = word[: 2 if word == "help" else 4]  # its e opened a shell, and the rest was typed there
        assert f"{begun} goes to the command line" in on.app.main.status.message
        assert on.app.live.prompt().startswith("host")


async def test_e_opens_a_shell_where_it_is_no_letter_of_a_word(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("escape", "h")
        await on.pass_time(1)
        await on.pilot.pause(1)
        await on.press("e")
        assert on.app.live.prompt().startswith("nginx-1")


async def test_what_failed_for_a_reason_points_to_why_and_a_note_is_no_error(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.line("curl http://wbe")
        await on.quiet()
        assert "Could not resolve host: wbe (why says more)" in shown(on)
        await on.line("docker rum")
        assert "why says more" not in shown(on)
        await on.line("apt install nmap")
        assert "✗ note" not in shown(on)


async def test_a_drop_leaves_the_columns_of_all_rows_as_they_are(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        for line in ("ip link set docker0 down", "ping nginx-1 nginx-2 -c 1 -W 1"):
            await on.line(line)
            await on.quiet()
        await on.press("escape", "3")
        assert "✗ port closed" in shown(on)
        assert "docker0:veth" in shown(on)
        assert "…:veth" not in shown(on), "the kernel's name of the reason left a place no room"
        told = {row.reason: on.app.live.why(row.seq) for row in on.app.live.log(0, 1000) if row.dropped}
        why = told["BRIDGE_INGRESS_STP_STATE"]
        assert why is not None
        assert "BRIDGE_INGRESS_STP_STATE" in why.reference


async def test_after_steps_back_the_cursor_is_in_view_and_the_panes_tell_of_its_row(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        for _ in range(2):
            await on.line("ping nginx-1 nginx-2 -c 4")
            await on.quiet()
        main = on.app.main
        log = main.log_pane
        await on.press("escape", "3", "up")
        for key in ("u", "ctrl+r", "b", "b"):
            await on.press(key)
            await on.quiet()
            assert not log.following
            assert log.scroll_offset.y <= log.position < log.scroll_offset.y + log.size.height - 1, key
            assert log.current is not None
            assert main.about == log.current.seq, key


@pytest.mark.parametrize("takes_back", ["undo", "back 3", "goto start", "u"])
async def test_what_was_taken_back_does_not_come_back_by_itself(tmp_path: Path, takes_back: str) -> None:
    """Time went on after a typed undo, and did the line again; after u it stood, for the next line too."""
    async with stage(tmp_path) as on:
        await on.line("ping nginx-1 nginx-2 -c 1")
        await on.quiet()
        await on.press("escape", "u") if takes_back == "u" else await on.line(takes_back)
        step = on.app.live.position().step
        await on.pass_time(5)
        assert on.app.live.position().step == step < on.app.live.session.end.step
        await on.line("show arp nginx-1")
        await on.pass_time(5)
        assert on.app.live.position().step == step, "to look at the past is not to leave it"
        await on.line("docker run -d --name c3 alpine sleep 9" if takes_back == "u" else "redo")
        await on.pass_time(5)
        assert on.app.live.position().step > step
