//! Whatever holds a connection, in a cluster of three real brokers that are lost one after the other.

use crate::support::binary::{Folder, Peer, command};
use crate::support::bucket_stand::{BUCKET, FileServers};
use crate::support::cluster_stand::Cluster;
use crate::support::verbs_stand::Verbs;
use crate::support::watch_stand::Watch;
use std::time::Instant;

/// Row 40. The workbench, every verb that stays, and two file servers over one bucket go on when the node that they are connected
/// to is lost, when the leader is, and when all are restarted in turn. What was acknowledged is there, once and in its order; a
/// one-shot file is given once; and the file servers start before the cluster has a leader.
#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_connected_outlives_lost_nodes_lost_leaders_and_a_rolling_restart() {
    let Some(mut cluster) = Cluster::start().await else {
        return;
    };
    let begun = Instant::now();
    let (streams, folder) = (["S", BUCKET], Folder::new());
    let mut files = FileServers::start(&cluster).await;
    cluster.make_stream("S").await;
    alone(&cluster.nodes[0].url());
    let mut watch = Watch::start(&cluster).await;
    let verbs = Verbs::start(&cluster, &folder);
    // At first all are connected to the first node, then to the second.
    let faults = [
        ("their node was lost, which led", Some(0)),
        ("the leader was lost", Some(2)),
        ("each was restarted", None),
    ];
    for (after, node) in faults {
        if let Some(node) = node {
            cluster.lead(node, &streams).await;
        }
        files.offer().await;
        match node {
            Some(node) => cluster.nodes[node].stop(),
            None => cluster.roll(&streams).await,
        }
        watch.list().await;
        let back = cluster.back(&streams).await;
        watch.works(&cluster, after, back).await;
        verbs.work(after, Instant::now()).await;
        files.work(after, Instant::now()).await;
        if let Some(node) = node {
            cluster.restart(node, &streams).await;
        }
        println!("after {after}: {:?} in all", begun.elapsed());
    }
    verbs.end(&cluster, watch.acknowledged()).await;
    files.end().await;
    println!("{:?} in all", begun.elapsed());
}

/// Who names one node only is told.
fn alone(url: &str) {
    let listen = Peer::start(&mut command(&["listen", "--jetstream", "S", "-s", url]));
    listen.err.wait_for("one of a cluster");
}
