//! The one table of everything a person can do: keymap, help, footer hints, palette and the README's key table
//! derive from it. Keys stand here as text; only the screen turns them into key codes.

use super::panes::Pane;
use super::view_kind::ViewKind;
use std::fmt::Write as _;

/// Where an action counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// Whatever has the focus.
    Everywhere,
    /// Only while that pane has the focus; it goes before [`Context::Everywhere`].
    In(Pane),
    /// Only while such a view has the focus; it goes before [`Context::In`].
    On(ViewKind),
}

impl Context {
    /// Its heading in help and docs.
    pub fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::In(pane) => pane.title(),
            Self::On(view) => view.title(),
        }
    }
}

/// What the product knows of one action.
#[derive(Debug, Clone, Copy)]
pub struct ActionRow {
    /// The action.
    pub action: Action,
    /// Its name in the settings file.
    pub id: &'static str,
    /// Where it counts.
    pub context: Context,
    /// Default keys, as the settings file spells them.
    pub keys: &'static [&'static str],
    /// What it does, as a sentence without the full stop.
    pub doc: &'static str,
    /// The word in the footer; empty where it is not shown there.
    pub hint: &'static str,
}

macro_rules! actions {
    ($($context:expr => { $($variant:ident $id:literal [$($key:literal),*] $doc:literal $hint:literal)* })*) => {
        /// Something a person can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the table's sentences say it")]
        pub enum Action { $($($variant),*),* }

        /// All actions, in the order in which they are listed to people.
        pub const ACTIONS: &[ActionRow] = &[$($(ActionRow {
            action: Action::$variant, id: $id, context: $context, keys: &[$($key),*], doc: $doc, hint: $hint,
        }),*),*];
    };
}

actions! {
    Context::In(Pane::Subjects) => {
        ToggleFold "fold" ["space"] "Fold or unfold the subject" "fold"
        PauseSubscription "pause-subscription" ["p"] "Pause or resume the subscription under the cursor" "pause"
        RemoveSubscription "remove-subscription" ["x", "delete"] "Remove the subscription, or stop following the stream" ""
        ListStreams "list-streams" ["S"] "List the streams again" ""
    }
    Context::In(Pane::Messages) => {
        Follow "follow" ["space"] "Pause, or jump to the newest message and follow" "follow"
        TimeFormat "time-format" ["T"] "Show times of day, ages, or gaps between messages" ""
    }
    Context::In(Pane::Inspector) => {
        ToggleNode "toggle" ["space"] "Fold, unfold or open what the cursor is on" ""
        ToggleAll "toggle-all" ["a"] "Fold or unfold everything" ""
        AskLink "ask-link" ["H"] "Ask whether the link is still there, without fetching it" ""
        Wrap "wrap" ["W"] "Wrap long lines, or fit a picture" ""
    }
    Context::In(Pane::Timeline) => {
        FollowConversations "follow-conversations" ["space"] "Pause, or jump to the newest conversation and follow" "follow"
        Latencies "latencies" ["p"] "Show latencies by subject and by pair, or the list" "latencies"
        SortConversations "sort-conversations" ["O"] "Sort by age, by latency, or by state" "sort"
        ScopeConversations "scope-conversations" ["a"] "List conversations, problems only, or single messages too" ""
        OnlyConversation "only-conversation" ["F"] "Show the messages of this conversation alone" "only"
        CopyConversation "copy-conversation" ["y"] "Copy the conversation as text" ""
        CopyMermaid "copy-mermaid" ["Y"] "Copy the conversation as a Mermaid diagram" ""
        ExportConversations "export-conversations" ["w"] "Write the conversation, or all listed, to a file" "write"
    }
    Context::In(Pane::Compose) => {
        SendMessage "send" ["S"] "Send the message, or ask as a request" "send"
        AddPayload "add-payload" ["a"] "Add a payload: text, a file, the clipboard, a captured one" "add"
        RemovePayload "remove-payload" ["x", "delete"] "Take the payload away, cancel the sending, disarm" "remove"
        PutBackPayload "put-back" ["u"] "Put back the payload that was taken away last" ""
        DryRun "dry-run" ["d"] "Show the exact bytes that would go out" "dry run"
        NextValue "next-value" ["space"] "Take the next value or kind; unfold the rare fields" ""
        PayloadSource "payload-source" ["s"] "Give the payload another content" ""
        OutsideEditor "editor" ["E"] "Edit the text in your own editor ($VISUAL, $EDITOR)" ""
        PayloadColumns "columns" ["v"] "Columns of the table that rows become, and their types" ""
        DoublePayload "double-payload" ["D"] "Add the same payload once more" ""
        PayloadUp "payload-up" ["K"] "Move the payload one up" ""
        PayloadDown "payload-down" ["J"] "Move the payload one down" ""
        SaveDraft "save-draft" ["w"] "Save the message as a draft file" "save"
        LoadDraft "load-draft" ["L"] "Load a draft file" ""
        NewMessage "new-message" ["n"] "Start an empty message" ""
        CopySendAs "copy-as" ["C"] "Copy this send as a command, Python, JavaScript, Julia, Rust" ""
        ArmResponder "arm" ["A"] "Answer requests with this message, by itself" ""
    }
    Context::On(ViewKind::Table) => {
        SortRows "sort-rows" ["s"] "Sort by the column: up, down, as it was" "sort"
        FilterRows "filter-rows" ["f"] "Show only rows that fit an expression" "filter"
        FilterByCell "filter-by-cell" ["F"] "Show only rows with the value under the cursor" ""
        GoToRow "go-to-row" ["#"] "Go to a row by its number" ""
        ColumnFacts "column-facts" ["i"] "Count, nulls, ends, mean and histogram of the column" "facts"
        PlotColumn "plot-column" ["p"] "Plot the column: line, points, histogram" "plot"
        HideColumn "hide-column" ["x"] "Hide the column" ""
        ShowColumns "show-columns" ["X"] "Show all columns again" ""
        FreezeColumns "freeze-columns" ["a"] "Keep the columns up to here at the left, or none" ""
        NarrowColumn "narrow-column" ["<"] "Make the column narrower" ""
        WidenColumn "widen-column" [">"] "Make the column wider; W fits all to their content" ""
        SelectRows "select-rows" ["v"] "Begin or end a selection of rows" ""
        CopyRowsJson "copy-rows-json" ["J"] "Copy the row, or selected rows, as JSON lines" ""
        CopyRowsMarkdown "copy-rows-markdown" ["M"] "Copy the row, or selected rows, as Markdown" ""
        CopyColumn "copy-column" ["C"] "Copy the column, a line for each row" ""
        WriteRows "write-rows" ["E"] "Write what is shown to a file: CSV, JSON, Parquet …" "write"
    }
    Context::On(ViewKind::Plot) => {
        PlotShape "plot-shape" ["p"] "Draw it as line, points, histogram" "shape"
    }
    Context::On(ViewKind::Image) => {
        ZoomIn "zoom-in" [">", "="] "Make the picture larger; W shows it one to one, or all of it" "larger"
        ZoomOut "zoom-out" ["<", "-"] "Make the picture smaller, at last so that all of it is seen" "smaller"
        NextFrame "next-frame" ["."] "Next frame of an animation" ""
        PreviousFrame "previous-frame" [","] "Previous frame of an animation" ""
        DrawPictures "draw-pictures" ["i"] "Draw pictures another way: kitty, sixel, half-blocks, ASCII …" ""
    }
    Context::On(ViewKind::Text) => {
        GoToLine "go-to-line" ["#"] "Go to a line by its number" ""
        ReadMarkdown "read-markdown" ["M"] "Show the text as the Markdown in it reads" ""
    }
    Context::On(ViewKind::Tree) => {
        CopyPath "copy-path" ["p"] "Copy the path of the value under the cursor" "path"
    }
    Context::On(ViewKind::Bytes) => {
        GoToOffset "go-to-offset" ["#"] "Go to a byte by its offset: 4096, 0x1000, +16, -16" ""
    }
    Context::Everywhere => {
        Help "help" ["?"] "Show the keys of the focused pane" "help"
        Palette "palette" ["ctrl-p"] "Find and run any action" "all"
        CommandLine "command-line" [":"] "Type a command: any action by name, filter, theme, go …" ""
        Open "open" ["enter"] "Open what the cursor is on, fetch a link, load a stream" ""
        Back "back" ["esc"] "Back: stop a download, close, clear the filter, restore" ""
        Search "search" ["/"] "Search in the focused pane" "search"
        NextMatch "next-match" ["n"] "Next match of the search" ""
        PreviousMatch "previous-match" ["N"] "Previous match of the search" ""
        Filter "filter" ["f"] "Show only messages whose subject or sender has this text" "filter"
        Compose "compose" ["c"] "Write a message" "compose"
        Reply "reply" ["r"] "Reply to the message looked at" ""
        Resend "resend" ["R"] "Edit the message looked at and send it again" ""
        TakePayload "take-payload" ["+"] "Add the payload looked at to the message being written" ""
        Subscribe "subscribe" ["s"] "Subscribe to another pattern" "subscribe"
        NextTab "next-tab" ["]"] "Next tab of the inspector: payloads, envelope, raw, findings" "next tab"
        PreviousTab "previous-tab" ["["] "Previous tab of the inspector" ""
        SavePayload "save" ["w"] "Save the payload to a file" "save"
        ViewAs "view-as" ["V"] "View the payload as another kind: text, table, picture, bytes" ""
        OpenOutside "open-outside" ["e"] "Open the payload in another program" ""
        Pipe "pipe" ["|"] "Pipe the payload through a decoder or command, show the output" ""
        PlotValue "plot-value" ["="] "Plot a value over the messages of the subject" ""
        Mend "mend" ["M"] "Rewrite the message for a peer that cannot read it" ""
        Problems "problems" ["D"] "Show what is wrong with everything received" ""
        Highlight "highlight" ["*"] "Have messages that fit a filter stand out" ""
        CopyPayload "copy" ["y"] "Copy what the inspector shows to the clipboard" ""
        CopyMessage "copy-message" ["Y"] "Copy the whole message to the clipboard" ""
        MarkMessage "mark" ["m"] "Mark the selected message with a letter, or take it away" ""
        JumpToMark "jump-to-mark" ["'"] "Go to a marked message; twice: back" ""
        CompareMessages "compare" ["d"] "Compare the marked messages, or the mark with this one" ""
        ShowLog "log" ["!"] "Show what the workbench itself told and did so far" ""
        Record "record" ["o"] "Record everything that comes to a file, or end the recording" "record"
        Conversation "conversation" ["v"] "Go to the conversation of the selected message" ""
        Contexts "context" ["P"] "Go over to another context of nats: broker and account" ""
        Reconnect "reconnect" ["ctrl-r"] "Try to connect again now" ""
        Maximise "maximise" ["z", "\\"] "Maximise the focused pane, or restore it" ""
        WiderPane "pane-wider" ["ctrl-w >"] "Make the focused pane wider" ""
        NarrowerPane "pane-narrower" ["ctrl-w <"] "Make the focused pane narrower" ""
        HigherPane "pane-higher" ["ctrl-w +"] "Make the focused pane higher" ""
        LowerPane "pane-lower" ["ctrl-w -"] "Make the focused pane lower" ""
        ResetPanes "panes-reset" ["ctrl-w ="] "Give all panes their usual sizes" ""
        FocusNext "focus-next" ["tab"] "Focus the next pane" ""
        FocusPrevious "focus-previous" ["shift-backtab"] "Focus the previous pane" ""
        FocusSubjects "focus-subjects" ["1"] "Focus Subjects" ""
        FocusMessages "focus-messages" ["2"] "Focus Messages" ""
        FocusInspector "focus-inspector" ["3"] "Focus Inspector" ""
        FocusTimeline "focus-timeline" ["4"] "Focus Timeline" ""
        FocusCompose "focus-compose" ["5"] "Focus Compose" ""
        Up "up" ["up", "k"] "One up" ""
        Down "down" ["down", "j"] "One down" ""
        Left "left" ["left", "h"] "One left, or fold" ""
        Right "right" ["right", "l"] "One right, or unfold" ""
        Top "top" ["g"] "To the first" ""
        Bottom "bottom" ["G"] "To the last; in Messages also follow" ""
        PageUp "page-up" ["pageup"] "One page up" ""
        PageDown "page-down" ["pagedown"] "One page down" ""
        HalfUp "half-up" ["ctrl-u"] "Half a page up" ""
        HalfDown "half-down" ["ctrl-d"] "Half a page down" ""
        LineStart "line-start" ["home"] "To the start" ""
        LineEnd "line-end" ["end"] "To the end" ""
        Themes "theme" ["t"] "Choose a theme" ""
        ToggleMouse "mouse" ["ctrl-t"] "Give the mouse to the terminal, or take it back" ""
        Redraw "redraw" ["ctrl-l"] "Draw the screen afresh" ""
        Suspend "suspend" ["ctrl-z"] "Suspend to the shell" ""
        Close "close" ["q"] "Back, then quit" ""
        Quit "quit" ["ctrl-c"] "Quit" ""
    }
}

impl Action {
    /// Its row in the table.
    pub fn row(self) -> &'static ActionRow {
        &ACTIONS[self as usize]
    }

    /// How far a movement goes, in rows of a list that shows `page` of them.
    pub(crate) fn distance(self, page: usize) -> Option<isize> {
        let page = page as isize;
        Some(match self {
            Self::Up => -1,
            Self::Down => 1,
            Self::PageUp => 1 - page,
            Self::PageDown => page - 1,
            Self::HalfUp => -(page / 2).max(1),
            Self::HalfDown => (page / 2).max(1),
            Self::Top | Self::LineStart => isize::MIN + 1,
            Self::Bottom | Self::LineEnd => isize::MAX,
            _ => return None,
        })
    }

    /// The action of that name.
    pub fn from_id(id: &str) -> Option<Self> {
        ACTIONS.iter().find(|row| row.id == id).map(|row| row.action)
    }
}

/// The README's table of default keys, as Markdown.
pub fn key_table_markdown() -> String {
    let mut text = String::from("| where | keys | does | name in the settings |\n|---|---|---|---|\n");
    let order = std::iter::once(Context::Everywhere)
        .chain(Pane::ALL.iter().map(|pane| Context::In(*pane)))
        .chain(ViewKind::ALL.iter().map(|view| Context::On(*view)));
    for context in order {
        for row in ACTIONS.iter().filter(|row| row.context == context) {
            let keys = row.keys.iter().map(|key| format!("`{}`", shown(key)));
            let keys = keys.collect::<Vec<_>>().join(" ");
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "| {} | {keys} | {} | `{}` |",
                context.title(),
                row.doc,
                row.id
            );
        }
    }
    text
}

/// A key, or several after each other, as people write them: `ctrl-p` → `Ctrl+P`.
pub fn shown(keys: &str) -> String {
    keys.split(' ').map(one_shown).collect::<Vec<_>>().join(" ")
}

fn one_shown(key: &str) -> String {
    let (modifiers, last) = match key.rfind('-') {
        Some(at) if at > 0 => (&key[..at], &key[at + 1..]),
        _ => ("", key),
    };
    if last == "backtab" {
        return "Shift+Tab".into();
    }
    let name = match last {
        "space" => "Space",
        "enter" => "Enter",
        "esc" => "Esc",
        "tab" => "Tab",
        "up" => "↑",
        "down" => "↓",
        "left" => "←",
        "right" => "→",
        "pageup" => "PgUp",
        "pagedown" => "PgDn",
        "home" => "Home",
        "end" => "End",
        "delete" => "Del",
        other => other,
    };
    if modifiers.is_empty() {
        return name.to_owned();
    }
    let mut text = String::new();
    for modifier in modifiers.split('-') {
        let mut chars = modifier.chars();
        text.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        text.push_str(chars.as_str());
        text.push('+');
    }
    text + &name.to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_row_stands_at_its_action_and_ids_are_unique() {
        let mut ids = HashSet::new();
        for row in ACTIONS {
            assert_eq!(row.action.row().id, row.id);
            assert!(ids.insert(row.id), "{} twice", row.id);
            assert_eq!(Action::from_id(row.id), Some(row.action));
        }
    }

    #[test]
    fn no_key_means_two_things_in_one_context() {
        let mut seen = HashSet::new();
        for row in ACTIONS {
            for key in row.keys {
                assert!(
                    seen.insert((row.context, key)),
                    "{key} twice in {:?}",
                    row.context
                );
            }
        }
    }

    #[test]
    fn sentences_fit_into_the_help_of_a_small_terminal() {
        for row in ACTIONS {
            assert!(row.doc.chars().count() <= 62, "{}", row.doc);
        }
    }

    #[test]
    fn keys_owned_by_terminals_are_no_defaults() {
        for row in ACTIONS {
            for owned in [
                "ctrl-s", "ctrl-q", "ctrl-j", "ctrl-h", "ctrl-b", "ctrl-a", "ctrl-o",
            ] {
                assert!(!row.keys.contains(&owned), "{} is on {owned}", row.id);
            }
        }
    }

    #[test]
    fn keys_are_shown_as_people_write_them() {
        assert_eq!(shown("ctrl-p"), "Ctrl+P");
        assert_eq!(shown("shift-backtab"), "Shift+Tab");
        assert_eq!(shown("G"), "G");
        assert_eq!(shown("-"), "-");
        assert!(
            key_table_markdown().contains("| Everywhere | `Ctrl+P` | Find and run any action | `palette` |")
        );
    }
}
