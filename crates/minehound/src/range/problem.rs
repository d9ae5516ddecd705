//! Problems of scenario files in the language of whoever reads them.

use minehound_range::scenario_file::{Allowed, Problem, What, listed};
use minehound_report::Lang;

/// The problem as one sentence.
pub(super) fn told(problem: &Problem, lang: Lang) -> String {
    if lang == Lang::En {
        return problem.to_string();
    }
    let line = problem.line.map(|line| format!("第 {line} 行")).unwrap_or_default();
    let key = match problem.key.as_str() {
        "" => String::new(),
        key => format!("，键 `{key}`"),
    };
    let what = match &problem.what {
        What::Syntax(words) => format!("不是合法的 TOML：{words}"),
        What::UnknownKey(keys) => format!("这里没有这个键；可用：{}", listed(keys)),
        What::Misspelt(meant) => format!("这里没有这个键；是不是 `{meant}`？"),
        What::Wrong(found, allowed) => format!("`{found}` 不对；应为{}", chinese(allowed)),
        What::Missing(allowed) => format!("缺少此键；应为{}", chinese(allowed)),
    };
    format!("`{}`{line}{key}：{what}", problem.file)
}

fn chinese(allowed: &Allowed) -> String {
    match allowed {
        Allowed::OneOf(words) => format!("其中之一：{}", listed(words)),
        Allowed::ListOf(words) => format!("由这些词组成的列表：{}", listed(words)),
        Allowed::Number(low, high) => format!(" {low} 到 {high} 的数"),
        Allowed::Span(low, high) => format!(" {low} 到 {high} 的数，或两个数 `[低, 高]`"),
        Allowed::NumberOrNever(low, high) => format!(" {low} 到 {high} 的数，或 `never`"),
        Allowed::Form(forms) => format!("以下写法之一：{}", listed(forms)),
        Allowed::Beside(others) => format!("不写，除非旁边有其中之一：{}", listed(others)),
        Allowed::BlockTimes(seconds) => {
            format!("出块时刻文件，每行一个 Unix 时间或 `时间,高度`，至少覆盖 {seconds} 秒")
        }
        Allowed::Room(prefix) => format!(" /{prefix} 或更大的网段：前二十个地址留给服务器"),
        Allowed::Integer(low, high) => format!(" {low} 到 {high} 的整数"),
        Allowed::Duration(low, high) => {
            format!("时长，如 `90s`、`20m`、`24h`、`7d`，{low} 到 {high} 秒")
        }
        Allowed::Time => "时刻，如 2026-01-05T08:00:00Z".to_owned(),
        Allowed::Range => "IPv4 网段，如 `192.168.1.0/24`，/8 到 /30".to_owned(),
        Allowed::Address => "IPv4 地址，如 `203.0.113.7`".to_owned(),
        Allowed::Text => "引号中的文字".to_owned(),
        Allowed::Flag => " true 或 false".to_owned(),
        Allowed::Table => "一个表".to_owned(),
        Allowed::Tables => "用双方括号写的表".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minehound_range::scenario_file::Scenario;

    #[test]
    fn a_problem_names_file_line_key_and_what_is_allowed_in_both_languages() {
        let problem = Scenario::parse("x.toml", "duration = \"soon\"\n").unwrap_err();
        for (lang, words) in [(Lang::Zh, "应为时长"), (Lang::En, "allowed: a time")] {
            let text = told(&problem, lang);
            for part in ["x.toml", "1", "`duration`", "`soon`", words] {
                assert!(text.contains(part), "{text}");
            }
        }
    }
}
