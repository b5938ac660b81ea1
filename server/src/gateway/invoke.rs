//! Any operation by its name, with its input and output as trees. It goes the SDK's own way (endpoint, signing, retries, protocol,
//! errors); only what stands in the request and in the answer is a tree instead of the SDK's types, so that forms made from the
//! service model reach every member of every operation.

use super::error::{About, failure, protocol};
use aws_sdk_appstream::Client;
use aws_sdk_appstream::config::interceptors::{AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut};
use aws_sdk_appstream::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_appstream::error::BoxError;
use aws_smithy_types::body::SdkBody;
use domain::failure::Failure;
use serde_json::{Value, json};
use simulator::wire;
use std::sync::{Arc, Mutex, PoisonError};

/// Puts the input into the request and takes the output from the answer. Its `Debug` says nothing: passwords and streaming URLs pass.
#[derive(Clone)]
struct Carry {
    input: Value,
    output: Arc<Mutex<Value>>,
}

impl std::fmt::Debug for Carry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Carry")
    }
}

impl Intercept for Carry {
    fn name(&self) -> &'static str {
        "Carry"
    }

    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let body = if request.headers().get("x-amz-target").is_some() {
            serde_json::to_vec(&self.input)?
        } else {
            let mut body = Vec::new();
            ciborium::into_writer(&self.input, &mut body)?;
            body
        };
        request.headers_mut().insert("content-length", body.len().to_string());
        *request.body_mut() = SdkBody::from(body);
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let tree = wire::read(protocol(response), response.body().bytes().unwrap_or_default()).map_err(|e| e.message)?;
        *self.output.lock().unwrap_or_else(PoisonError::into_inner) = tree;
        Ok(())
    }
}

/// Calls `operation` with `input`. `noun` and `name` are for the sentences of failures.
pub async fn invoke(client: &Client, operation: &'static str, input: &Value, noun: &'static str, name: &str) -> Result<Value, Failure> {
    let carry = Carry { input: input.clone(), output: Arc::new(Mutex::new(json!({}))) };
    let about = About { operation, noun, name };
    macro_rules! send {
        ($method:ident) => {
            client.$method().customize().interceptor(carry.clone()).send().await.map(drop).map_err(|e| failure(about, e))
        };
    }
    match operation {
        "AssociateAppBlockBuilderAppBlock" => send!(associate_app_block_builder_app_block),
        "AssociateApplicationFleet" => send!(associate_application_fleet),
        "AssociateApplicationToEntitlement" => send!(associate_application_to_entitlement),
        "AssociateFleet" => send!(associate_fleet),
        "AssociateSoftwareToImageBuilder" => send!(associate_software_to_image_builder),
        "BatchAssociateUserStack" => send!(batch_associate_user_stack),
        "BatchDisassociateUserStack" => send!(batch_disassociate_user_stack),
        "CopyImage" => send!(copy_image),
        "CreateAppBlock" => send!(create_app_block),
        "CreateAppBlockBuilder" => send!(create_app_block_builder),
        "CreateAppBlockBuilderStreamingURL" => send!(create_app_block_builder_streaming_url),
        "CreateApplication" => send!(create_application),
        "CreateDirectoryConfig" => send!(create_directory_config),
        "CreateEntitlement" => send!(create_entitlement),
        "CreateExportImageTask" => send!(create_export_image_task),
        "CreateFleet" => send!(create_fleet),
        "CreateImageBuilder" => send!(create_image_builder),
        "CreateImageBuilderStreamingURL" => send!(create_image_builder_streaming_url),
        "CreateImportedImage" => send!(create_imported_image),
        "CreateStack" => send!(create_stack),
        "CreateStreamingURL" => send!(create_streaming_url),
        "CreateThemeForStack" => send!(create_theme_for_stack),
        "CreateUpdatedImage" => send!(create_updated_image),
        "CreateUsageReportSubscription" => send!(create_usage_report_subscription),
        "CreateUser" => send!(create_user),
        "DeleteAppBlock" => send!(delete_app_block),
        "DeleteAppBlockBuilder" => send!(delete_app_block_builder),
        "DeleteApplication" => send!(delete_application),
        "DeleteDirectoryConfig" => send!(delete_directory_config),
        "DeleteEntitlement" => send!(delete_entitlement),
        "DeleteFleet" => send!(delete_fleet),
        "DeleteImage" => send!(delete_image),
        "DeleteImageBuilder" => send!(delete_image_builder),
        "DeleteImagePermissions" => send!(delete_image_permissions),
        "DeleteStack" => send!(delete_stack),
        "DeleteThemeForStack" => send!(delete_theme_for_stack),
        "DeleteUsageReportSubscription" => send!(delete_usage_report_subscription),
        "DeleteUser" => send!(delete_user),
        "DescribeAppBlockBuilderAppBlockAssociations" => send!(describe_app_block_builder_app_block_associations),
        "DescribeAppBlockBuilders" => send!(describe_app_block_builders),
        "DescribeAppBlocks" => send!(describe_app_blocks),
        "DescribeAppLicenseUsage" => send!(describe_app_license_usage),
        "DescribeApplicationFleetAssociations" => send!(describe_application_fleet_associations),
        "DescribeApplications" => send!(describe_applications),
        "DescribeDirectoryConfigs" => send!(describe_directory_configs),
        "DescribeEntitlements" => send!(describe_entitlements),
        "DescribeFleets" => send!(describe_fleets),
        "DescribeImageBuilders" => send!(describe_image_builders),
        "DescribeImagePermissions" => send!(describe_image_permissions),
        "DescribeImages" => send!(describe_images),
        "DescribeSessions" => send!(describe_sessions),
        "DescribeSoftwareAssociations" => send!(describe_software_associations),
        "DescribeStacks" => send!(describe_stacks),
        "DescribeThemeForStack" => send!(describe_theme_for_stack),
        "DescribeUsageReportSubscriptions" => send!(describe_usage_report_subscriptions),
        "DescribeUserStackAssociations" => send!(describe_user_stack_associations),
        "DescribeUsers" => send!(describe_users),
        "DisableUser" => send!(disable_user),
        "DisassociateAppBlockBuilderAppBlock" => send!(disassociate_app_block_builder_app_block),
        "DisassociateApplicationFleet" => send!(disassociate_application_fleet),
        "DisassociateApplicationFromEntitlement" => send!(disassociate_application_from_entitlement),
        "DisassociateFleet" => send!(disassociate_fleet),
        "DisassociateSoftwareFromImageBuilder" => send!(disassociate_software_from_image_builder),
        "DrainSessionInstance" => send!(drain_session_instance),
        "EnableUser" => send!(enable_user),
        "ExpireSession" => send!(expire_session),
        "GetExportImageTask" => send!(get_export_image_task),
        "ListAssociatedFleets" => send!(list_associated_fleets),
        "ListAssociatedStacks" => send!(list_associated_stacks),
        "ListEntitledApplications" => send!(list_entitled_applications),
        "ListExportImageTasks" => send!(list_export_image_tasks),
        "ListTagsForResource" => send!(list_tags_for_resource),
        "StartAppBlockBuilder" => send!(start_app_block_builder),
        "StartFleet" => send!(start_fleet),
        "StartImageBuilder" => send!(start_image_builder),
        "StartSoftwareDeploymentToImageBuilder" => send!(start_software_deployment_to_image_builder),
        "StopAppBlockBuilder" => send!(stop_app_block_builder),
        "StopFleet" => send!(stop_fleet),
        "StopImageBuilder" => send!(stop_image_builder),
        "TagResource" => send!(tag_resource),
        "UntagResource" => send!(untag_resource),
        "UpdateAppBlockBuilder" => send!(update_app_block_builder),
        "UpdateApplication" => send!(update_application),
        "UpdateDirectoryConfig" => send!(update_directory_config),
        "UpdateEntitlement" => send!(update_entitlement),
        "UpdateFleet" => send!(update_fleet),
        "UpdateImagePermissions" => send!(update_image_permissions),
        "UpdateStack" => send!(update_stack),
        "UpdateThemeForStack" => send!(update_theme_for_stack),
        // UpdateImageBuilder is in the model, not in this SDK yet; the console shows it as a command.
        other => Err(Failure::Upstream {
            code: "NotInTheSdk".into(),
            message: format!("This console cannot send {other} yet. Run the AWS CLI command instead."),
            request_id: None,
        }),
    }?;
    let output = carry.output.lock().unwrap_or_else(PoisonError::into_inner).take();
    Ok(output)
}
