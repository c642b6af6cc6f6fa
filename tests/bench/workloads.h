#pragma once

#include <cstdint>

#include "sim/plan/plan_builder.h"

namespace neph {

/// M/M/c at load 0.9, mean service 1 s (W1: one server, W2: sixteen).
inline Plan multiServerPlan(int servers)
{
    PlanBuilder plan;
    const NodeIndex users = plan.addNode({"users", "Users", "users"});
    const NodeIndex server = plan.addNode({"server", "Server", "server"});
    plan.addClass("request");
    const StationId workers =
        plan.addStation({.name = "workers", .node = server, .pool = {}, .capacity = servers});
    const PathId path = plan.declarePath("request", server);
    plan.path(path)
        .serve(workers, plan.addDraw("server", "service", Distribution::exponential(1)), {}, "handles it")
        .reply();
    plan.addSource(
        {.name = "users",
         .node = users,
         .path = path,
         .classWeights = {1},
         .rate = RateProfile::constant(0.9 * servers)});
    return plan.build();
}

/// W3: Poisson 1000/s; 0.5 ms at the balancer; round robin to 8 tasks of 4 workers, Exp(20 ms); then a
/// database of 32 connections, Exp(5 ms), while the worker is free. As a drawing compiles: each node a path
/// of its own, so a request is four frames (users, balancer, task, database) and three calls over links.
inline Plan requestPathPlan()
{
    PlanBuilder plan;
    const NodeIndex users = plan.addNode({"users", "Users", "users"});
    const NodeIndex balancer = plan.addNode({"balancer", "Balancer", "balancer"});
    const NodeIndex service = plan.addNode({"service", "Service", "service"});
    const NodeIndex database = plan.addNode({"database", "Database", "database"});
    const LinkIndex toBalancer = plan.addLink({"l1", users, balancer});
    const LinkIndex toService = plan.addLink({"l2", balancer, service});
    const LinkIndex toDatabase = plan.addLink({"l3", service, database});
    plan.addClass("request");
    const PoolId tasks =
        plan.addPool({.name = "service", .node = service, .fixedReplicas = 8, .weights = {}});
    const StationId workers =
        plan.addStation({.name = "workers", .node = service, .pool = tasks, .capacity = 4});
    const StationId connections =
        plan.addStation({.name = "connections", .node = database, .pool = {}, .capacity = 32});
    const OutcomeId nobody =
        plan.outcome({OutcomeSpec::Kind::Unavailable, "503 Service Unavailable", false, balancer});
    const PathId request = plan.declarePath("request", users);
    const PathId forward = plan.declarePath("forward", balancer);
    const PathId handle = plan.declarePath("handle", service);
    const PathId query = plan.declarePath("query", database);
    plan.path(request).call(forward, {}, toBalancer, "asks the balancer").reply();
    plan.path(forward)
        .delay(plan.addDraw("balancer", "delay", Distribution::constant(0.0005)), "picks a target")
        .callOn(tasks, Routing::RoundRobin, handle, {}, toService, nobody, "forwards to a task")
        .reply();
    plan.path(handle)
        .serve(workers, plan.addDraw("service", "work", Distribution::exponential(0.020)), {}, "handles it")
        .call(query, {}, toDatabase, "asks the database")
        .reply();
    plan.path(query)
        .serve(
            connections, plan.addDraw("database", "query", Distribution::exponential(0.005)), {},
            "looks it up")
        .reply();
    plan.addSource(
        {.name = "users",
         .node = users,
         .path = request,
         .classWeights = {1},
         .rate = RateProfile::constant(1000)});
    return plan.build();
}

/// W5: one queue of Exp(100 ms) whose workers are set from outside.
inline Plan scaledServicePlan(const RateProfile& rate, StationId& workers)
{
    PlanBuilder plan;
    const NodeIndex users = plan.addNode({"users", "Users", "users"});
    const NodeIndex service = plan.addNode({"service", "Service", "service"});
    plan.addClass("request");
    workers = plan.addStation({.name = "workers", .node = service, .pool = {}, .capacity = 8});
    const PathId path = plan.declarePath("request", service);
    plan.path(path)
        .serve(workers, plan.addDraw("service", "work", Distribution::exponential(0.1)), {}, "handles it")
        .reply();
    plan.addSource({.name = "users", .node = users, .path = path, .classWeights = {1}, .rate = rate});
    return plan.build();
}

/// Requests that only wait, 100 s on average.
inline Plan delayPlan(double perSecond)
{
    PlanBuilder plan;
    const NodeIndex users = plan.addNode({"users", "Users", "users"});
    plan.addClass("request");
    const PathId path = plan.declarePath("request", users);
    plan.path(path).delay(plan.addDraw("users", "pause", Distribution::uniform(50, 150)), "waits").reply();
    plan.addSource(
        {.name = "users",
         .node = users,
         .path = path,
         .classWeights = {1},
         .rate = RateProfile::constant(perSecond)});
    return plan.build();
}

}  // namespace neph
