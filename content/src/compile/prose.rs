//! Markdown to HTML, refusing every construct that the site does not style.

use super::{
    draft::{Draft, Source},
    escape, link,
    math::{self, Place},
    tags::MARKDOWN,
};
use pulldown_cmark::{
    BlockQuoteKind, BrokenLink, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Parser, Tag, TagEnd, html,
};

/// Compiles a stretch of Markdown.
pub fn compile(draft: &mut Draft, source: Source) -> String {
    let mut unknown = Vec::new();
    let mut callback = |broken: BrokenLink| {
        if broken.link_type == LinkType::Reference {
            unknown.push((broken.span.start, broken.reference.to_string()));
        }
        None
    };
    let parser = Parser::new_with_broken_link_callback(source.text, MARKDOWN, Some(&mut callback));
    let events: Vec<_> = parser.into_offset_iter().collect();
    for (byte, name) in unknown {
        let sentence = format!("the link reference `[{name}]` is not defined in this stretch of prose");
        draft.faults.add(source.file, source.line_of(byte), sentence);
    }
    let mut walk = Walk { draft, source, line: source.line, out: Vec::new(), open: Vec::new(), head: false };
    for (event, range) in events {
        walk.line = source.line_of(range.start);
        walk.event(event);
    }
    let mut out = String::new();
    html::push_html(&mut out, walk.out.into_iter());
    out
}

/// Compiles one paragraph to be put inside another element.
pub fn inline(draft: &mut Draft, source: Source) -> String {
    let html = compile(draft, source);
    let html = html.trim();
    match html.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>")) {
        Some(inside) if !inside.contains("<p>") => inside.to_owned(),
        _ => {
            draft.faults.add(source.file, source.line, "this text must be one paragraph");
            html.to_owned()
        }
    }
}

/// An element whose text is needed before it can be written.
enum Open {
    Heading { level: u8, id: Option<String>, at: usize, text: String },
    Code { label: String, text: String },
    Link { text: String },
    Image { src: String, alt: String },
}

struct Walk<'d, 'f, 's> {
    draft: &'d mut Draft<'f>,
    source: Source<'s>,
    line: usize,
    out: Vec<Event<'s>>,
    open: Vec<Open>,
    /// Inside a table's header row.
    head: bool,
}

impl<'s> Walk<'_, '_, 's> {
    fn fault(&mut self, sentence: impl Into<String>) {
        self.draft.faults.add(self.source.file, self.line, sentence);
    }

    fn html(&mut self, html: impl Into<CowStr<'s>>) {
        self.out.push(Event::InlineHtml(html.into()));
    }

    fn event(&mut self, event: Event<'s>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text.clone(), Event::Text(text)),
            Event::Code(text) => self.text(&text.clone(), Event::Code(text)),
            Event::SoftBreak => self.text(" ", Event::SoftBreak),
            Event::InlineMath(latex) => self.math(&latex, Place::Inline),
            Event::DisplayMath(latex) => self.math(&latex, Place::Display),
            Event::Html(_) | Event::InlineHtml(_) => {
                self.fault("raw HTML is not part of lessons; write Markdown, or put `<` between backticks");
            }
            Event::Rule => self.out.push(Event::Rule),
            Event::HardBreak => self.fault("a forced line break is not styled; begin a new paragraph or a list"),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => self.fault("this construct is not styled"),
        }
    }

    /// Passes text on, and keeps it for the elements that wait for it.
    fn text(&mut self, text: &str, event: Event<'s>) {
        for open in &mut self.open {
            match open {
                Open::Heading { text: kept, .. } | Open::Code { text: kept, .. } | Open::Link { text: kept } => {
                    kept.push_str(text);
                }
                Open::Image { alt, .. } => alt.push_str(text),
            }
        }
        if !self.open.iter().any(|open| matches!(open, Open::Code { .. } | Open::Image { .. })) {
            self.out.push(event);
        }
    }

    fn math(&mut self, latex: &str, place: Place) {
        let drawn = math::to_mathml(latex, place);
        match drawn {
            Err(sentence) => self.fault(sentence),
            Ok(math) if place == Place::Inline => self.html(math),
            Ok(math) => {
                let name = self.draft.name_box("Formula");
                self.html(format!(
                    "<span class=\"math-block\" tabindex=\"0\" role=\"group\" aria-label=\"{name}\">{math}</span>"
                ));
            }
        }
    }

    fn start(&mut self, tag: Tag<'s>) {
        match tag {
            Tag::Heading { level, id, .. } => {
                let (level, id) = (number(level), id.map(|id| id.to_string()));
                self.open.push(Open::Heading { level, id, at: self.out.len(), text: String::new() });
            }
            Tag::BlockQuote(Some(kind)) => match callout(kind) {
                Some((class, title)) => {
                    self.html(format!(
                        "<div class=\"callout {class}\" role=\"note\"><p class=\"callout-title\">{title}</p>\n"
                    ));
                }
                None => self
                    .fault("callouts are `[!TIP]` (what to look for), `[!WARNING]` (take care) and `[!NOTE]` (aside)"),
            },
            Tag::CodeBlock(kind) => self.code(kind),
            Tag::Table(alignments) => {
                let name = self.draft.name_box("Table");
                self.html(format!(
                    "<div class=\"table-scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{name}\"><table>\n"
                ));
                if alignments.is_empty() {
                    self.fault("a table needs columns");
                }
            }
            Tag::TableHead => {
                self.head = true;
                self.html("<thead><tr>");
            }
            Tag::TableRow => self.html("<tr>"),
            Tag::TableCell => self.html(if self.head { "<th scope=\"col\">" } else { "<td>" }),
            Tag::Link { dest_url, .. } => {
                let (file, line) = (self.source.file, self.line);
                let opening = link::opening(self.draft, file, line, &dest_url);
                self.html(opening);
                self.open.push(Open::Link { text: String::new() });
            }
            Tag::Image { dest_url, .. } => {
                self.open.push(Open::Image { src: dest_url.to_string(), alt: String::new() })
            }
            Tag::Paragraph | Tag::List(_) | Tag::Item | Tag::Emphasis | Tag::Strong | Tag::BlockQuote(None) => {
                self.out.push(Event::Start(tag));
            }
            Tag::HtmlBlock => {}
            _ => self.fault("this Markdown construct is not styled"),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::Link | TagEnd::Image => {
                if let Some(open) = self.open.pop() {
                    self.close(open);
                }
            }
            TagEnd::BlockQuote(Some(kind)) if callout(kind).is_some() => self.html("</div>\n"),
            TagEnd::Table => self.html("</tbody></table></div>\n"),
            TagEnd::TableHead => {
                self.head = false;
                self.html("</tr></thead><tbody>\n");
            }
            TagEnd::TableRow => self.html("</tr>\n"),
            TagEnd::TableCell => {
                let is_text = |event: &&Event| matches!(event, Event::Text(_) | Event::Code(_));
                let is_cell = |event: &&Event| matches!(event, Event::InlineHtml(html) if html.starts_with("<th"));
                let cell = self.out.iter().rev().take_while(|event| !is_cell(event));
                if self.head && !cell.into_iter().any(|event| is_text(&event)) {
                    self.fault("every column of a table needs a heading with words in it");
                }
                self.html(if self.head { "</th>" } else { "</td>" });
            }
            TagEnd::Paragraph
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::BlockQuote(None) => self.out.push(Event::End(tag)),
            _ => {}
        }
    }

    fn code(&mut self, kind: CodeBlockKind) {
        let label = match &kind {
            CodeBlockKind::Fenced(language) if language.as_ref() == "text" => "Text",
            CodeBlockKind::Fenced(language) if language.as_ref() == "console" => "Commands",
            CodeBlockKind::Indented => {
                self.fault("code is fenced with three backticks, not indented");
                "Text"
            }
            CodeBlockKind::Fenced(_) => {
                self.fault(
                    "a fenced block is `text` or `console`; show source with {{code FILE#ANCHOR}} or {{tabs NAME}}, \
                     so that what a lesson shows is compiled and tested",
                );
                "Text"
            }
        };
        self.open.push(Open::Code { label: label.to_owned(), text: String::new() });
    }

    fn close(&mut self, open: Open) {
        match open {
            Open::Heading { level, id, at, text } => self.close_heading(level, id, at, &text),
            Open::Code { label, text } => {
                let name = self.draft.name_box(&label);
                let text = escape::html(&text);
                self.html(format!("<pre class=\"code-box\" tabindex=\"0\" role=\"region\" aria-label=\"{name}\"><code>{text}</code></pre>\n"));
            }
            Open::Link { text } => {
                if link::is_vague(&text) {
                    self.fault(format!("the link text `{text}` does not say where it leads"));
                }
                self.html("</a>");
            }
            Open::Image { src, alt } => {
                if alt.trim().is_empty() {
                    self.fault(format!("the image `{src}` needs a text for readers who do not see it: ![text]({src})"));
                }
                link::image(self.draft, self.source.file, self.line, &src);
                self.html(format!("<img src=\"{}\" alt=\"{}\">", escape::html(&src), escape::html(&alt)));
            }
        }
    }

    fn close_heading(&mut self, level: u8, id: Option<String>, at: usize, text: &str) {
        let above = self.draft.heading;
        if level == 1 {
            self.fault("the page's only first-level heading is its title; begin with `##`");
        } else if level > above + 1 || level > 4 {
            self.fault(format!(
                "a heading of level {level} cannot follow one of level {above}; use level 2 to 4, skipping none"
            ));
        }
        self.draft.heading = if level == 1 { above } else { level.min(4) };
        let id = id.unwrap_or_else(|| escape::slug(text));
        self.draft.claim(&id, self.source.file, self.line);
        let opening = format!("<h{level} id=\"{}\">", escape::html(&id));
        self.out.insert(at, Event::InlineHtml(opening.into()));
        self.html(format!("</h{level}>\n"));
    }
}

fn number(level: HeadingLevel) -> u8 {
    level as u8
}

/// The class and the title of a callout.
fn callout(kind: BlockQuoteKind) -> Option<(&'static str, &'static str)> {
    match kind {
        BlockQuoteKind::Tip => Some(("look-for", "What to look for")),
        BlockQuoteKind::Warning => Some(("take-care", "Take care")),
        BlockQuoteKind::Note => Some(("aside", "Aside")),
        BlockQuoteKind::Important | BlockQuoteKind::Caution => None,
    }
}
