//! Knowledge files laid over the built-in ones, read with the doubt that hand-made lists deserve.

use anyhow::Context;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use minehound_detect::Knowledge;
use minehound_detect::knowledge::schema::Day;

use crate::args::Inspect;
use crate::locale;

/// Sites that everybody visits: who lists one as a pool makes every visitor a clue. Common
/// knowledge and short on purpose; it only warns.
const BIG_SITES: [&str; 40] = [
    "163.com",
    "360.cn",
    "alibaba.com",
    "alipay.com",
    "aliyun.com",
    "amazon.com",
    "apple.com",
    "baidu.com",
    "bilibili.com",
    "bing.com",
    "bytedance.com",
    "csdn.net",
    "debian.org",
    "dingtalk.com",
    "douyin.com",
    "facebook.com",
    "feishu.cn",
    "github.com",
    "google.com",
    "googleapis.com",
    "huawei.com",
    "icloud.com",
    "iqiyi.com",
    "jd.com",
    "microsoft.com",
    "mi.com",
    "mozilla.org",
    "office.com",
    "qq.com",
    "sina.com.cn",
    "sohu.com",
    "taobao.com",
    "tmall.com",
    "ubuntu.com",
    "weibo.com",
    "wikipedia.org",
    "windowsupdate.com",
    "youku.com",
    "youtube.com",
    "zhihu.com",
];

/// The built-in knowledge with every file that the command line names, and their names.
pub(super) fn knowledge(args: &Inspect) -> anyhow::Result<(Knowledge, Vec<String>)> {
    let mut knowledge = Knowledge::built_in()?;
    let mut overlays = Vec::new();
    for path in &args.knowledge {
        let name = path.display().to_string();
        let text = String::from_utf8(super::read(path)?).with_context(|| name.clone())?;
        knowledge.overlay_until(&name, &text, tomorrow())?;
        overlays.push(name);
    }
    if !args.quiet && !overlays.is_empty() {
        for (pool, host) in big_sites(&knowledge) {
            eprintln!("{}", locale::filled("big-site", &[("pool", &pool), ("host", &host)]));
        }
    }
    Ok((knowledge, overlays))
}

/// Names of pools that belong to a site everybody visits; the shipped ones have none.
fn big_sites(knowledge: &Knowledge) -> Vec<(String, String)> {
    let below = |host: &str, site: &str| {
        host.strip_suffix(site).is_some_and(|it| it.is_empty() || it.ends_with('.'))
    };
    let pools = knowledge.tables().pools.iter().flat_map(|it| &it.entries);
    let names = pools.flat_map(|it| it.domains.iter().chain(&it.hosts).map(move |host| (it, host)));
    let big = names.filter(|(_, host)| BIG_SITES.iter().any(|site| below(host, site)));
    big.map(|(pool, host)| (pool.name.clone(), host.clone())).collect()
}

/// The last day that any place on earth can have reached.
fn tomorrow() -> Day {
    let now = TimeZone::UTC.to_datetime(Timestamp::now()).date();
    let date = now.checked_add(1.day()).unwrap_or(now);
    let part = |it: i8| u8::try_from(it).unwrap_or(1);
    Day {
        year: u16::try_from(date.year()).unwrap_or(u16::MAX),
        month: part(date.month()),
        day: part(date.day()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_shipped_pool_has_the_name_of_a_site_everybody_visits() {
        assert_eq!(big_sites(&Knowledge::built_in().unwrap()), []);
    }
}
