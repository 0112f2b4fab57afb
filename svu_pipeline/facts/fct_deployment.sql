-- Deployments, one each however many days they ran; an empty count is not known, not zero.
-- grain: deployment_ref
-- rows: deployment
-- columns:
--   deployment_ref     Deployment
--   operation_name     Operation it belongs to
--   started_on         First day
--   ended_on           Last day
--   place              Place
--   district_code      District, ONS code
--   unit_code          Unit
--   leaflet_count      Leaflets handed out
--   is_leaflet_estimate Whether the leaflets are an estimate
--   partner_referral_count Referrals to partners
--   training_offered_count Training sessions offered
--   training_delivered_count Training sessions delivered
--   vehicle_count      Vehicles stopped
--   passenger_count    Passengers checked
--   is_passenger_estimate Whether the passengers are an estimate
--   arrest_count       Arrests at the deployment
--   is_unit_work       Whether it is the unit's

SELECT d.deployment_ref,
       d.operation_name,
       d.started_on,
       d.ended_on,
       d.place,
       d.district_code,
       d.unit_code,
       d.leaflets AS leaflet_count,
       coalesce(d.leaflets_estimated, false) AS is_leaflet_estimate,
       d.partner_referrals AS partner_referral_count,
       d.training_sessions_offered AS training_offered_count,
       d.training_sessions_delivered AS training_delivered_count,
       d.vehicles_stopped AS vehicle_count,
       d.passengers_checked AS passenger_count,
       coalesce(d.passengers_estimated, false) AS is_passenger_estimate,
       d.arrests AS arrest_count,
       u.unit_code IS NOT NULL AS is_unit_work
FROM deployment d
LEFT JOIN unit u ON u.unit_code = d.unit_code AND d.started_on >= u.set_up_on
