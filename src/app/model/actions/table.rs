//! The table of all user actions: the keymap, help, footer hints, palette and the guide's key table are derived from
//! it. Keys are text here; only the screen turns them into key codes.

use super::panes::Pane;
use super::view_kind::ViewKind;
use std::fmt::Write as _;

/// Where an action applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// Whichever pane has the focus.
    Everywhere,
    /// Only while that pane has the focus; takes precedence over [`Context::Everywhere`].
    In(Pane),
    /// Only while such a view has the focus; takes precedence over [`Context::In`].
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

/// What an action is for: help lists them so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// What the pane or the view is about.
    Here,
    /// Going somewhere.
    Move,
    /// Looking at something in another way.
    Look,
    /// Finding messages.
    Find,
    /// Writing a message.
    Write,
    /// The connection and what is subscribed to.
    Talk,
    /// Keeping something: files, the clipboard, tapes.
    Record,
    /// The screen and the program.
    Window,
}

impl Group {
    /// Those of the actions that work everywhere, in the order in which they are listed.
    pub const EVERYWHERE: &[Self] = &[
        Self::Move,
        Self::Look,
        Self::Find,
        Self::Write,
        Self::Talk,
        Self::Record,
        Self::Window,
    ];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Here => "Here",
            Self::Move => "Move",
            Self::Look => "Look",
            Self::Find => "Find",
            Self::Write => "Write",
            Self::Talk => "Talk",
            Self::Record => "Keep: files, clipboard, tapes",
            Self::Window => "Window",
        }
    }
}

/// Everything known about one action.
#[derive(Debug, Clone, Copy)]
pub struct ActionSpec {
    /// The action.
    pub action: Action,
    /// Its name in the settings file.
    pub id: &'static str,
    /// Where it applies.
    pub context: Context,
    /// What it is for.
    pub group: Group,
    /// Default keys, as the settings file spells them.
    pub keys: &'static [&'static str],
    /// What it does, as a sentence without the full stop.
    pub doc: &'static str,
    /// The word shown in the footer; empty if it is not shown there.
    pub hint: &'static str,
}

macro_rules! actions {
    ($($context:expr, $group:expr => { $($variant:ident $id:literal [$($key:literal),*] $doc:literal $hint:literal)* })*) => {
        /// Something the user can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the table has a sentence for each")]
        pub enum Action { $($($variant),*),* }

        /// All actions, in the order in which they are listed.
        pub const ACTIONS: &[ActionSpec] = &[$($(ActionSpec {
            action: Action::$variant, id: $id, context: $context, group: $group, keys: &[$($key),*],
            doc: $doc, hint: $hint,
        }),*),*];
    };
}

actions! {
    Context::In(Pane::Subjects), Group::Here => {
        ToggleFold "fold" ["space"] "Fold or unfold the subject" "fold"
        PauseSubscription "pause-subscription" ["p"] "Pause or resume the subscription under the cursor" "pause"
        RemoveSubscription "remove-subscription" ["x", "delete"] "Remove the subscription, or unfollow the stream" ""
        ListStreams "list-streams" ["S"] "Refresh the list of streams" ""
    }
    Context::In(Pane::Messages), Group::Here => {
        Follow "follow" ["space"] "Pause, or jump to the newest message and follow" "follow"
        TimeFormat "time-format" ["T"] "Show time of day, age, or time since the last one" ""
    }
    Context::In(Pane::Inspector), Group::Here => {
        ToggleNode "toggle" ["space"] "Fold, unfold or open the item under the cursor" ""
        ToggleAll "toggle-all" ["a"] "Fold or unfold everything" ""
        AskLink "ask-link" ["H"] "Check whether the link exists, without fetching it" ""
        Wrap "wrap" ["W"] "Wrap long lines, or fit a picture" ""
    }
    Context::In(Pane::Timeline), Group::Here => {
        FollowConversations "follow-conversations" ["space"] "Pause, or jump to the newest conversation and follow" "follow"
        Latencies "latencies" ["p"] "Show latencies by subject or by pair, or the list" "latencies"
        SortConversations "sort-conversations" ["O"] "Sort by age, by latency, or by state" "sort"
        ScopeConversations "scope-conversations" ["a"] "List conversations, problems only, or messages too" ""
        TimeAxis "time-axis" ["I"] "Time axis of the bars: logarithmic or linear" ""
        OnlyConversation "only-conversation" ["F"] "Show only the messages of this conversation" "only"
        CopyConversation "copy-conversation" ["y"] "Copy the conversation as text" ""
        CopyMermaid "copy-mermaid" ["Y"] "Copy the conversation as a Mermaid diagram" ""
        ExportConversations "export-conversations" ["w"] "Export the conversation, or all listed, to a file" "export"
    }
    Context::In(Pane::Compose), Group::Here => {
        SendMessage "send" ["S"] "Send the message or the request" "send"
        AddPayload "add-payload" ["a"] "Add a payload: text, file, clipboard or captured" "add"
        RemovePayload "remove-payload" ["x", "delete"] "Remove the payload, cancel the send, or disarm" "remove"
        PutBackPayload "put-back" ["u"] "Restore the payload that was removed last" ""
        DryRun "dry-run" ["b"] "Show the exact bytes that would go out" "dry run"
        NextValue "next-value" ["space"] "Next value or kind; show or hide the rare fields" ""
        PayloadSource "payload-source" ["F"] "Choose where the payload's content comes from" ""
        OutsideEditor "editor" ["E"] "Edit the text in your own editor ($VISUAL, $EDITOR)" ""
        PayloadColumns "columns" ["T"] "Show the columns of the rows and choose their types" ""
        DoublePayload "double-payload" ["p"] "Duplicate the payload" ""
        PayloadUp "payload-up" ["K"] "Move the payload up" ""
        PayloadDown "payload-down" ["J"] "Move the payload down" ""
        SaveDraft "save-draft" ["w"] "Save the message as a draft file" "save"
        LoadDraft "load-draft" ["L"] "Load a draft file" ""
        NewMessage "new-message" ["X"] "Start an empty message" ""
        CopySendAs "copy-as" ["C"] "Copy as a command, Python, JavaScript, Julia or Rust" ""
        ArmResponder "arm" ["A"] "Answer requests with this message automatically" ""
    }
    Context::On(ViewKind::Table), Group::Here => {
        SortRows "sort-rows" ["O"] "Sort by the column: ascending, descending, original" "sort"
        AddSort "sort-also" ["A"] "Sort by this column too, after those sorted by already" ""
        FilterRows "filter-rows" ["f"] "Show only rows that match an expression" "filter"
        FilterByCell "filter-by-cell" ["F"] "Show only rows with the value under the cursor" ""
        GoToRow "go-to-row" ["#"] "Go to a row by its number" ""
        ColumnStatistics "column-facts" ["i"] "Statistics: count, nulls, min, max, mean, histogram" "stats"
        PlotColumn "plot-column" ["p"] "Plot the column: line, points or histogram" "plot"
        HideColumn "hide-column" ["x"] "Hide the column" ""
        ShowColumns "show-columns" ["X"] "Show all columns again" ""
        FreezeColumns "freeze-columns" ["a"] "Freeze the columns up to this one, or unfreeze" ""
        NarrowColumn "narrow-column" ["<"] "Make the column narrower" ""
        WidenColumn "widen-column" [">"] "Make the column wider; W fits all to their content" ""
        SelectRows "select-rows" ["space"] "Start or end a selection of rows" ""
        CopyRowsJson "copy-rows-json" ["J"] "Copy the row, or the selected rows, as JSON lines" ""
        CopyRowsMarkdown "copy-rows-markdown" ["K"] "Copy the row, or the selected rows, as Markdown" ""
        CopyColumn "copy-column" ["C"] "Copy the column, one value per line" ""
        WriteRows "write-rows" ["E"] "Export the rows shown to a file: CSV, JSON, Parquet …" "export"
    }
    Context::On(ViewKind::Plot), Group::Here => {
        PlotShape "plot-shape" ["p"] "Switch between line, points and histogram" "shape"
    }
    Context::On(ViewKind::Image), Group::Here => {
        ZoomIn "zoom-in" [">"] "Zoom in; W switches between actual size and fit" "larger"
        ZoomOut "zoom-out" ["<", "-"] "Zoom out, down to fitting the whole image" "smaller"
        NextFrame "next-frame" ["."] "Next frame of the animation" ""
        PreviousFrame "previous-frame" [","] "Previous frame of the animation" ""
        DrawPictures "draw-pictures" ["i"] "Draw images another way: kitty, sixel, ASCII …" ""
    }
    Context::On(ViewKind::Text), Group::Here => {
        GoToLine "go-to-line" ["#"] "Go to a line by its number" ""
        ReadMarkdown "read-markdown" ["K"] "Show the text as rendered Markdown" ""
    }
    Context::On(ViewKind::Tree), Group::Here => {
        CopyPath "copy-path" ["p"] "Copy the path of the value under the cursor" "path"
    }
    Context::On(ViewKind::Bytes), Group::Here => {
        GoToOffset "go-to-offset" ["#"] "Go to a byte offset: 4096, 0x1000, +16, -16" ""
    }
    Context::Everywhere, Group::Move => {
        Up "up" ["up", "k"] "Up" ""
        Down "down" ["down", "j"] "Down" ""
        Left "left" ["left", "h"] "Left, or fold" ""
        Right "right" ["right", "l"] "Right, or unfold" ""
        Top "top" ["g"] "Go to the first item" ""
        Bottom "bottom" ["G"] "Go to the last item; in Messages also follow" ""
        PageUp "page-up" ["pageup"] "Page up" ""
        PageDown "page-down" ["pagedown"] "Page down" ""
        HalfUp "half-up" ["ctrl-u"] "Half a page up" ""
        HalfDown "half-down" ["ctrl-d"] "Half a page down" ""
        LineStart "line-start" ["home"] "Go to the start" ""
        LineEnd "line-end" ["end"] "Go to the end" ""
        Open "open" ["enter"] "Open the item under the cursor, fetch a link, load a stream" ""
        Back "back" ["esc"] "Go back: stop a download, close, clear the filter, restore" ""
        Close "close" ["q"] "Go back; quit at the top level" ""
        NextTab "next-tab" ["]", "alt-right"] "Next inspector tab: payloads, envelope, raw, findings" "next tab"
        PreviousTab "previous-tab" ["[", "alt-left"] "Previous inspector tab" ""
        FocusNext "focus-next" ["tab"] "Focus the next pane" ""
        FocusPrevious "focus-previous" ["shift-backtab"] "Focus the previous pane" ""
        FocusSubjects "focus-subjects" ["1"] "Focus Subjects" ""
        FocusMessages "focus-messages" ["2"] "Focus Messages" ""
        FocusInspector "focus-inspector" ["3"] "Focus Inspector" ""
        FocusTimeline "focus-timeline" ["4"] "Focus Timeline" ""
        FocusCompose "focus-compose" ["5"] "Focus Compose" ""
    }
    Context::Everywhere, Group::Look => {
        ViewAs "view-as" ["V"] "View the payload as another kind: text, table, image, binary" ""
        OpenOutside "open-outside" ["e"] "Open the payload in another program" ""
        Pipe "pipe" ["|"] "Pipe the payload through a decoder or command" ""
        PlotValue "plot-value" ["="] "Plot a value across the messages of this subject" ""
        CompareMessages "compare" ["d"] "Compare the two marked messages, or a mark with this one" ""
        Problems "problems" ["D"] "Show the problems found in all received messages" ""
        Shape "shape" ["Z"] "Show the shape of the subject: fields, senders, what changed" ""
        ShowLog "log" ["!"] "Show the workbench's own log" ""
    }
    Context::Everywhere, Group::Find => {
        Filter "filter" ["f"] "Show only messages that match a filter" "filter"
        Search "search" ["/"] "Search in the focused pane" "search"
        NextMatch "next-match" ["n"] "Next match" ""
        PreviousMatch "previous-match" ["N"] "Previous match" ""
        Highlight "highlight" ["*"] "Highlight messages that match a filter" ""
        MarkMessage "mark" ["m"] "Mark the selected message with a letter, or remove its mark" ""
        JumpToMark "jump-to-mark" ["'"] "Go to a marked message; press ' twice to go back" ""
        Conversation "conversation" ["v"] "Go to the conversation of the selected message" ""
    }
    Context::Everywhere, Group::Write => {
        Compose "compose" ["c"] "Write a message" "compose"
        Reply "reply" ["r"] "Reply to the selected message" ""
        Resend "resend" ["R"] "Edit the selected message and send it again" ""
        TakePayload "take-payload" ["+"] "Add the payload shown to the message being written" ""
        Mend "mend" ["M"] "Rewrite the message for a peer that cannot read it" ""
    }
    Context::Everywhere, Group::Talk => {
        Subscribe "subscribe" ["s"] "Subscribe to another pattern" "subscribe"
        Contexts "context" ["P"] "Switch to another NATS context: broker and account" ""
        Reconnect "reconnect" ["ctrl-r"] "Try to reconnect now" ""
    }
    Context::Everywhere, Group::Record => {
        SavePayload "save" ["w"] "Save the payload to a file" "save"
        CopyPayload "copy" ["y"] "Copy what the inspector shows to the clipboard" ""
        CopyMessage "copy-message" ["Y"] "Copy the whole message to the clipboard" ""
        Record "record" ["o"] "Record all incoming messages to a file, or stop recording" "record"
        SaveTape "save-tape" ["B"] "Save messages as a tape or a page: all, shown, marked …" ""
    }
    Context::Everywhere, Group::Window => {
        Help "help" ["?"] "Show all keys of this place; / searches, Enter runs one" "help"
        Palette "palette" ["ctrl-p"] "Find and run any action" "all"
        CommandLine "command-line" [":"] "Type a command: any action by name, filter, theme, go …" ""
        Maximise "maximise" ["z", "\\"] "Maximise the focused pane, or restore the layout" ""
        WiderPane "pane-wider" ["ctrl-w >"] "Make the focused pane wider" ""
        NarrowerPane "pane-narrower" ["ctrl-w <"] "Make the focused pane narrower" ""
        HigherPane "pane-higher" ["ctrl-w +"] "Make the focused pane taller" ""
        LowerPane "pane-lower" ["ctrl-w -"] "Make the focused pane shorter" ""
        ResetPanes "panes-reset" ["ctrl-w ="] "Reset the sizes of all panes" ""
        Themes "theme" ["t"] "Choose a theme" ""
        ToggleMouse "mouse" ["ctrl-t"] "Turn mouse support off or on" ""
        ToggleKeys "show-keys" [] "Show the keys pressed, for presenting; again hides them" ""
        Redraw "redraw" ["ctrl-l"] "Redraw the screen" ""
        Suspend "suspend" ["ctrl-z"] "Suspend to the shell" ""
        Quit "quit" ["ctrl-c"] "Quit" ""
    }
}

impl Action {
    /// Its row in the table.
    pub fn row(self) -> &'static ActionSpec {
        &ACTIONS[self as usize]
    }

    /// How far a movement goes, in rows, in a list that shows `page` of them.
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

/// The guide's table of default keys, as Markdown.
pub fn key_table_markdown() -> String {
    let mut text = String::from("| where | keys | does | setting |\n|---|---|---|---|\n");
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

/// A key or key sequence as people write it: `ctrl-p` → `Ctrl+P`.
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

    /// A key that works everywhere means the same everywhere: to filter, to copy and to save are about what is shown.
    #[test]
    fn no_pane_and_no_view_takes_a_key_that_works_everywhere() {
        const SAME: [Action; 5] = [
            Action::FilterRows,
            Action::CopyConversation,
            Action::CopyMermaid,
            Action::ExportConversations,
            Action::SaveDraft,
        ];
        let everywhere = ACTIONS.iter().filter(|row| row.context == Context::Everywhere);
        let everywhere: HashSet<_> = everywhere.flat_map(|row| row.keys).collect();
        for row in ACTIONS.iter().filter(|row| row.context != Context::Everywhere) {
            let shadows = row.keys.iter().find(|key| everywhere.contains(key));
            assert!(
                shadows.is_none() || SAME.contains(&row.action),
                "{} takes {shadows:?}",
                row.id
            );
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
